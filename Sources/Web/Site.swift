/// `Site` says which hosts belong together, by their names alone: those of one site are asked by one machine of a fleet
/// (docs/spec/fleet.md §4).
///
/// It is a rule without data files, so that all machines and all versions say the same. A host that it keeps apart from its
/// kin, or puts with others, costs nothing but that.
package enum Site {
    /// What stands before a country's two letters where the names of sites have three labels, as in `bbc.co.uk`. `taz.de`
    /// and `nrk.no` have two.
    private static let secondLevels: Set<String> = [
        "ac", "co", "com", "edu", "gob", "gouv", "gov", "go", "mil", "ne", "net", "nom", "or", "org", "sch",
    ]

    /// Returns the site of a host.
    ///
    /// - Parameter host: its key (`HostKey`). An address is a site by itself.
    package static func of(_ host: String) -> String {
        guard IPAddress(host) == nil else { return host }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count > 2 else { return host }
        let isShort = labels[labels.count - 1].utf8.count == 2
        let count = isShort && secondLevels.contains(String(labels[labels.count - 2])) ? 3 : 2
        return labels.suffix(count).joined(separator: ".")
    }

    /// Tells whether hosts below that one are of several sites, as those of `co.uk` are.
    package static func areSeveral(below host: String) -> Bool {
        IPAddress(host) == nil && of("x.\(host)") != of(host)
    }
}
