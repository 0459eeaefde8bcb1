// toml++ behind a small C interface.
#pragma once
