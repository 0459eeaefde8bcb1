import CCurl

/// `CookieJar` keeps the cookies of one fetch from one hop to the next (polling.md §9), and goes with it. libcurl's rules
/// say which go where: to the host that set them, or to its domain where that is no public suffix; over TLS alone where
/// they are marked so; a few dozen for each answer, of 8 KiB at most.
///
/// It stays on the engine's thread and outlives every handle that uses it.
final class CookieJar {
    private let share: UnsafeMutableRawPointer?

    init() {
        share = curl_share_init()
        if let share { newswire_curl_share_cookies(share) }
    }

    deinit {
        if let share { curl_share_cleanup(share) }
    }

    func lend(to handle: EasyHandle) {
        guard let share else { return }
        newswire_curl_set_pointer(handle.curl, CURLOPT_SHARE, share)
        // No file: this is what makes libcurl look at cookies at all.
        handle.set(CURLOPT_COOKIEFILE, "")
    }
}
