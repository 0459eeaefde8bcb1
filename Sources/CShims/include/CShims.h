// The few Linux calls that Swift cannot import: variadic ones, and those behind _GNU_SOURCE.
#pragma once
