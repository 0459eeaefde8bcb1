// SQLite, which keeps the index of newswire-web, for Swift.
#pragma once
#include <sqlite3.h>

// A macro of a cast that Swift does not read: the bytes stay where they are until the statement is reset.
static inline int newswire_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int count) {
    return sqlite3_bind_text(statement, index, bytes, count, SQLITE_STATIC);
}

// A function of any number of arguments, which Swift does not call.
static inline int newswire_no_checkpoint_on_close(sqlite3 *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}
