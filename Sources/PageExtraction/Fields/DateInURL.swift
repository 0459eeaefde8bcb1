private import FeedModel
private import Text

/// `DateInURL` finds the day that stands in the path of an article's URL: `/2019/05/20/`, `/2019/may/20/`, `2019-05-20`,
/// `20190520`.
enum DateInURL {
    /// The first whole day in the path, as year, month and day that the calendar has; nil where there is none. A month
    /// without a day is none.
    static func day(in url: String) -> (year: Int, month: Int, day: Int)? {
        let path = Array(PageAddress.path(of: url).utf8.prefix(PageAddress.maximumLength))
        var index = 0
        while index < path.count {
            guard path[index].isASCIIDigit else {
                index += 1
                continue
            }
            let end = path[index...].firstIndex { !$0.isASCIIDigit } ?? path.count
            let number = path[index..<end]
            if number.count == 8, let day = valid(number.prefix(4), number.dropFirst(4).prefix(2), number.suffix(2)) {
                return day
            }
            if number.count == 4, end < path.count, let day = day(behind: end, year: number, path) { return day }
            index = end
        }
        return nil
    }

    /// Month and day behind a year, with the same mark before each.
    private static func day(
        behind end: Int, year: ArraySlice<UInt8>, _ path: [UInt8]
    ) -> (year: Int, month: Int, day: Int)? {
        let mark = path[end]
        guard mark == UInt8(ascii: "/") || mark == UInt8(ascii: "-") || mark == UInt8(ascii: "_") else { return nil }
        let parts = path[(end + 1)...].split(separator: mark, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2 else { return nil }
        let day = parts[1].prefix { $0.isASCIIDigit }
        guard (1...2).contains(day.count) else { return nil }
        // Behind the day no letter follows: /2019/05/20th-century has none.
        if day.endIndex < parts[1].endIndex, path[day.endIndex].isASCIILetter { return nil }
        if (1...2).contains(parts[0].count) { return valid(year, parts[0], day) }
        guard parts[0].count >= 3, parts[0].allSatisfy(\.isASCIILetter),
            let month = EnglishMonth.number(packed: parts[0].prefix(3).reduce(0) { $0 << 8 | UInt64($1 | 0x20) })
        else { return nil }
        return valid(year, ArraySlice(String(month).utf8), day)
    }

    private static func valid(
        _ year: ArraySlice<UInt8>, _ month: ArraySlice<UInt8>, _ day: ArraySlice<UInt8>
    ) -> (year: Int, month: Int, day: Int)? {
        guard let year = year.decimalNumber(), (1990...2099).contains(year), let month = month.decimalNumber(),
            (1...12).contains(month), let day = day.decimalNumber(),
            (1...Timestamp.daysIn(month: month, year: year)).contains(day)
        else { return nil }
        return (year, month, day)
    }
}
