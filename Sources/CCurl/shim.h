// libcurl for Swift: its setters and getters are variadic or macros, which Swift cannot call.
// One static inline wrapper for each type that newswire passes.
#pragma once
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <locale.h>
#include <string.h>

static inline CURLcode newswire_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode newswire_curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode newswire_curl_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode newswire_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}
// libcurl keeps a copy of the bytes.
static inline CURLcode newswire_curl_set_bytes(CURL *easy, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return curl_easy_setopt(easy, option, &blob);
}
static inline CURLcode newswire_curl_set_write(CURL *easy, CURLoption option, curl_write_callback callback) {
    return curl_easy_setopt(easy, option, callback);
}
static inline CURLcode newswire_curl_set_read(CURL *easy, curl_read_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_READFUNCTION, callback);
}
static inline CURLcode newswire_curl_set_progress(CURL *easy, curl_xferinfo_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, callback);
}
static inline CURLcode newswire_curl_set_open_socket(CURL *easy, curl_opensocket_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
}
static inline CURLcode newswire_curl_set_close_socket(CURL *easy, curl_closesocket_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, callback);
}
static inline CURLcode newswire_curl_set_before_request(CURL *easy, curl_prereq_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
}

// Lets the handles that get the share have their cookies together. They are all of one thread: no locks.
static inline CURLSHcode newswire_curl_share_cookies(CURLSH *share) {
    return curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
}

static inline const char *newswire_curl_version(void) { return curl_version_info(CURLVERSION_NOW)->version; }

// The getters leave the zero where libcurl knows nothing.
static inline long newswire_curl_get_long(CURL *easy, CURLINFO info) {
    long value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}
static inline curl_off_t newswire_curl_get_offset(CURL *easy, CURLINFO info) {
    curl_off_t value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}
static inline const char *newswire_curl_get_string(CURL *easy, CURLINFO info) {
    char *value = NULL;
    curl_easy_getinfo(easy, info, &value);
    return value;
}
static inline void *newswire_curl_get_private(CURL *easy) {
    char *value = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &value);
    return value;
}
// Macros of a type that Swift does not take over.
static const long newswire_curl_auth_basic = (long)CURLAUTH_BASIC, newswire_curl_auth_digest = (long)CURLAUTH_DIGEST;
// How many certificates the server has sent, where CURLOPT_CERTINFO was set.
static inline int newswire_curl_certificates(CURL *easy) {
    struct curl_certinfo *info = NULL;
    return curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) == CURLE_OK && info ? info->num_of_certs : 0;
}
// What the server's own certificate says, as libcurl prints it: the text after "Expire date:" and the like.
static inline const char *newswire_curl_certificate_field(CURL *easy, const char *name, size_t length) {
    struct curl_certinfo *info = NULL;
    if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) != CURLE_OK || !info || info->num_of_certs < 1) return NULL;
    for (struct curl_slist *field = info->certinfo[0]; field; field = field->next) {
        if (field->data && strncmp(field->data, name, length) == 0 && field->data[length] == ':')
            return field->data + length + 1;
    }
    return NULL;
}

static inline CURLMcode newswire_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}
static inline CURLMcode newswire_curl_multi_set_socket(CURLM *multi, curl_socket_callback callback, void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callback);
    return code == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context) : code;
}
static inline CURLMcode newswire_curl_multi_set_timer(CURLM *multi, curl_multi_timer_callback callback, void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callback);
    return code == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context) : code;
}
// The result of the message, which lies in a union.
static inline CURLcode newswire_curl_message_result(const CURLMsg *message) { return message->data.result; }

// A locale whose text is UTF-8, or null where there is no memory for one. It is made once, and any thread may use it.
static inline locale_t newswire_unicode_locale(void) { return newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0); }
// The host of a URL as DNS knows it; to be freed with curl_free. libcurl takes the text for one in the thread's locale,
// which is that of `unicode` for this call alone: every program starts in one that knows ASCII alone.
static inline CURLUcode newswire_curl_url_ascii_host(const CURLU *url, locale_t unicode, char **host) {
    if (!unicode) return CURLUE_LACKS_IDN;
    locale_t before = uselocale(unicode);
    *host = NULL;
    CURLUcode code = curl_url_get(url, CURLUPART_HOST, host, CURLU_PUNYCODE);
    uselocale(before);
    if (code != CURLUE_OK) {
        // libcurl leaves a copy behind of a host that has no such form, and says nothing of it.
        curl_free(*host);
        *host = NULL;
    }
    return code;
}
