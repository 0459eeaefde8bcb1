// libcurl for Swift: its setters and getters are variadic or macros, which Swift cannot call.
// One static inline wrapper for each type that newswire passes.
#pragma once
#include <curl/curl.h>
