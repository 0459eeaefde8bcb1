/// Query parameters that say where a reader came from and not which page it is (identity.md §7).
enum TrackingParameters {
    private static let prefixes = ["utm_", "mtm_", "ga_", "pk_", "piwik_", "hsa_", "_hs", "__hs", "itm_", "hmb_"]
        .map { Array($0.utf8) }

    private static let names: Set<String> = [
        "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "srsltid", "msclkid", "twclid", "yclid", "ysclid",
        "_openstat", "igshid", "mc_cid", "mc_eid", "mc_tc", "mkt_tok", "vero_id", "vero_conv", "oly_anon_id",
        "oly_enc_id", "rb_clickid", "wickedid", "sc_cid", "ns_mchannel", "ns_campaign", "ns_source", "fb_action_ids",
        "fb_action_types", "fb_source", "fb_ref", "fb_comment_id", "action_object_map", "action_type_map",
        "action_ref_map", "campaign_id", "campaign_medium", "campaign_name", "campaign_source", "campaign_term",
        "campaign_content", "_branch_match_id", "_branch_referrer", "_bhlid", "hsctatracking", "__readwiselocation",
        "wprss", "feedname", "feedtype", "at_medium", "at_campaign", "cmpid", "xtor", "ocid", "smid",
    ]
    private static let longestName = 20

    /// The query without them, the rest in the order in which it stood.
    static func removed(from query: ArraySlice<UInt8>, ownHosts: [String]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(query.count)
        for parameter in query.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false) {
            let equals = parameter.firstIndex(of: UInt8(ascii: "=")) ?? parameter.endIndex
            if isTracking(parameter[..<equals]) { continue }
            if parameter[..<equals].elementsEqual("ref".utf8), equals < parameter.endIndex,
                ownHosts.contains(where: { $0.utf8.elementsEqual(parameter[(equals + 1)...]) })
            {
                continue
            }
            if !result.isEmpty { result.append(UInt8(ascii: "&")) }
            result.append(contentsOf: parameter)
        }
        return result
    }

    /// Whether a parameter of that name, in any case, is one of them.
    static func isTracking(_ name: some Collection<UInt8>) -> Bool {
        guard let first = name.first, name.count <= 64 else { return false }
        // Most parameters are told by their first letter.
        let initial = first | 0x20
        guard initial != UInt8(ascii: "q"), initial != UInt8(ascii: "l") else { return false }
        let lower = name.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
        if prefixes.contains(where: { lower.starts(with: $0) }) { return true }
        return lower.count <= longestName && names.contains(String(decoding: lower, as: UTF8.self))
    }
}
