// libpq, the client library of PostgreSQL, for Swift.
#pragma once
#include <libpq-fe.h>
