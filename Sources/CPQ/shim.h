// libpq, the client library of PostgreSQL, for Swift. By its path, since no pkg-config is asked: that would link the library.
#pragma once
#if __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#else
#include <libpq-fe.h>
#endif
