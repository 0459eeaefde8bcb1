// The C client of Redis for Swift.
#pragma once
#include <hiredis/hiredis.h>
#include <stdlib.h>

static inline redisReply *newswire_redis_element(redisReply *reply, size_t index) { return reply->element[index]; }
