/// Names of time zones as they stand in dates.
enum DateZone {
    /// No zone is further from Greenwich.
    static let maximumHours = 15

    /// Minutes east of Greenwich; nil for a name that is unknown.
    ///
    /// The letters of the military zones, Z aside, mean nothing: RFC 822 had their signs wrong (RFC 5322 §4.3). Where
    /// several zones share a name, it means the one that RFC 822 or, failing that, most feeds mean.
    static func minutes(_ word: DateWord) -> Int? {
        switch word.ascii {
        // GMT, UTC, UT, Z.
        case 0x676d74, 0x757463, 0x7574, 0x7a: return 0
        case 0: return nil
        default: break
        }
        var low = 0
        var high = table.count
        while low < high {
            let middle = low + (high - low) / 2
            if table[middle].name == word.ascii { return table[middle].minutes }
            if table[middle].name < word.ascii { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// Whether an offset may follow the name and count from it: `GMT+0200`.
    static func isGreenwich(_ word: DateWord) -> Bool {
        [0x676d74, 0x757463, 0x7574, 0x7a].contains(word.ascii)
    }

    private static let table: [(name: UInt64, minutes: Int)] = {
        let zones: [(Int, [StaticString])] = [
            (-720, ["idlw"]), (-660, ["sst"]), (-600, ["hst"]), (-540, ["akst", "hdt"]), (-480, ["pst", "pt", "akdt"]),
            (-420, ["pdt", "mst", "mt"]), (-360, ["mdt", "cst", "ct"]), (-300, ["cdt", "est", "et", "pet", "cot"]),
            (-240, ["edt", "ast", "vet", "clt"]), (-210, ["nst"]), (-180, ["adt", "brt", "art", "clst", "uyt"]),
            (-150, ["ndt"]), (-120, ["brst"]), (0, ["wet", "utz", "gmz", "zulu", "azost"]),
            (60, ["cet", "met", "mez", "bst", "west", "wat"]),
            (120, ["cest", "mest", "mesz", "eet", "sast", "cat"]), (180, ["eest", "msk", "eat", "trt"]),
            (240, ["msd", "samt", "gst"]), (270, ["aft"]), (300, ["pkt", "yekt", "uzt"]), (330, ["ist"]),
            (345, ["npt"]),
            (360, ["omst", "almt"]), (390, ["mmt"]), (420, ["ict", "wib", "krat", "novt"]),
            (480, ["awst", "sgt", "hkt", "myt", "pht", "wita", "irkt"]), (540, ["jst", "kst", "wit", "yakt"]),
            (570, ["acst"]), (600, ["aest", "vlat"]), (630, ["acdt"]), (660, ["aedt", "magt"]),
            (720, ["nzst", "pett"]),
            (780, ["nzdt"]),
        ]
        return zones.flatMap { minutes, names in names.map { (name: DateWord($0).ascii, minutes: minutes) } }
            .sorted { $0.name < $1.name }
    }()
}
