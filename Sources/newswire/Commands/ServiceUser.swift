internal import Glibc
internal import Ingestion

/// The user that the service runs as, whose rights `check` looks with where root asks.
struct ServiceUser: Equatable {
    let name: String
    let user: uid_t
    let group: gid_t

    /// - Parameters:
    ///   - directory: the store, whose owner the service is; nil where it is not known.
    ///   - standard: the user of the unit, for a store that is not there yet.
    /// - Returns: nil where that is root or nobody.
    static func find(store directory: String?, standard: String = "newswire") -> ServiceUser? {
        if let store = directory.flatMap({ StoreIdentity(directory: $0) }) {
            guard store.owner != 0, let entry = getpwuid(store.owner) else { return nil }
            return ServiceUser(name: String(cString: entry.pointee.pw_name), user: store.owner, group: store.group)
        }
        guard let entry = getpwnam(standard)?.pointee, entry.pw_uid != 0 else { return nil }
        return ServiceUser(name: standard, user: entry.pw_uid, group: entry.pw_gid)
    }

    /// Gives up the rights of root for those of the user, for good.
    ///
    /// - Returns: whether that could be done.
    func become() -> Bool { initgroups(name, group) == 0 && setgid(group) == 0 && setuid(user) == 0 }
}
