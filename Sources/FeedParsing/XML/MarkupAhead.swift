/// Reads markup that has not been mended yet, to see what comes of it: what it finds is not taken.
///
/// It never looks farther than `farthest`, so that what it finds is the same however the document is cut into pieces.
struct MarkupAhead {
    enum Token {
        /// The name of a start tag.
        case start(Range<Int>)
        /// The name of an end tag.
        case end(Range<Int>)
        /// `]]>` that ends no section.
        case mark(Int)
    }

    static let farthest = 256 * 1024

    private let input: UnsafeBufferPointer<UInt8>
    /// Nothing can come behind what is in `input`: the document ends there, or it is as far as may be looked.
    private let isWhole: Bool
    private(set) var index: Int
    /// What comes next can be told only with more input.
    private(set) var isCut = false

    init(_ input: UnsafeBufferPointer<UInt8>, from start: Int, isFinal: Bool) {
        let end = min(input.count, start + Self.farthest)
        self.input = UnsafeBufferPointer(rebasing: input[..<end])
        isWhole = isFinal && end == input.count || end == start + Self.farthest
        index = start
    }

    /// What comes next; nil at the end of what can be looked at.
    mutating func next() -> Token? {
        while index < input.count {
            index = input.first(
                of: UInt8(ascii: "<"), UInt8(ascii: "]"), UInt8(ascii: "]"), from: index)
            // The shortest token has three bytes.
            guard index + 2 < input.count else { break }
            let start = index
            switch (input[start], input[start + 1]) {
            case (UInt8(ascii: "]"), _):
                index += 1
                if input[start + 1] == UInt8(ascii: "]"), input[start + 2] == UInt8(ascii: ">") { return .mark(start) }
            case (_, UInt8(ascii: "/")):
                guard let name = name(from: start + 2) else { return stop() }
                if !name.isEmpty { return .end(name) }
            case (_, UInt8(ascii: "!")):
                if input.count - start < 9, !isWhole { return stop() }
                if input.hasPrefixIgnoringCase("<!--", at: start) {
                    guard pass("-->", from: start + 4) else { return stop() }
                } else if input.hasPrefixIgnoringCase("<![cdata[", at: start) {
                    guard pass("]]>", from: start + 9) else { return stop() }
                } else {
                    index += 1
                }
            case (_, UInt8(ascii: "?")):
                guard pass("?>", from: start + 2) else { return stop() }
            case (_, let byte) where byte.beginsName:
                guard let name = name(from: start + 1) else { return stop() }
                return .start(name)
            default: index += 1
            }
        }
        return stop()
    }

    /// Whether the start tag of that name ends its element too; nil where its end is not in sight.
    func isEmptyTag(_ name: Range<Int>) -> Bool? {
        guard let end = input.first(UInt8(ascii: ">"), from: name.upperBound) else { return nil }
        return input[end - 1] == UInt8(ascii: "/")
    }

    func text(_ name: Range<Int>) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: input[name]) }

    /// Goes behind the name that begins there; nil where the input ends with it.
    private mutating func name(from start: Int) -> Range<Int>? {
        var end = start
        while end < input.count, input[end].continuesName { end += 1 }
        guard end < input.count else { return nil }
        index = end
        return start..<end
    }

    private mutating func pass(_ mark: StaticString, from start: Int) -> Bool {
        guard let end = input.firstRange(of: mark, from: start) else { return false }
        index = end.upperBound
        return true
    }

    private mutating func stop() -> Token? {
        isCut = !isWhole
        index = input.count
        return nil
    }
}

extension MarkupRepair {
    /// How the search for an end tag came out.
    struct EndTagSearch {
        /// Nil where more input is needed to know.
        var comes: Bool?
        /// How far was looked.
        var distance = 0
    }

    /// Whether the end tag of an element comes before another one of its name begins, and before what it stands in ends.
    ///
    /// - Parameters:
    ///   - nests: elements of that name may stand in each other.
    ///   - holder: the open element that it stands in.
    ///   - stopsAtItems: it cannot go on where an item begins or ends.
    func endTag(
        of name: UnsafeBufferPointer<UInt8>, nests: Bool = false, in holder: Int, stopsAtItems: Bool,
        _ input: UnsafeBufferPointer<UInt8>, from start: Int, _ isFinal: Bool
    ) -> EndTagSearch {
        // An honest document has few of these, and the answers near.
        if looked > 4 * (offset + start) + MarkupAhead.farthest { return EndTagSearch(comes: false) }
        var ahead = MarkupAhead(input, from: start, isFinal: isFinal)
        var depth = 0
        func found(_ comes: Bool) -> EndTagSearch { EndTagSearch(comes: comes, distance: ahead.index - start) }
        while let token = ahead.next() {
            switch token {
            case .mark: break
            case .start(let tag):
                let tagName = ahead.text(tag)
                if tagName.elementsEqual(name) {
                    guard nests else { return found(false) }
                    guard let isEmpty = ahead.isEmptyTag(tag) else { continue }
                    if !isEmpty { depth += 1 }
                } else if stopsAtItems, open.isItem(tagName) {
                    return found(false)
                }
            case .end(let tag):
                let tagName = ahead.text(tag)
                if tagName.elementsEqual(name) {
                    if depth == 0 { return found(true) }
                    depth -= 1
                } else if open.isNamed(tagName, at: holder) || stopsAtItems && open.isItem(tagName) {
                    return found(false)
                }
            }
        }
        return ahead.isCut ? EndTagSearch() : found(false)
    }

    /// Closes what an item that begins shows to have been left open (security.md §6). An element whose end tag is still to
    /// come is left alone: the item is its own.
    ///
    /// - Returns: false where more input is needed.
    mutating func closeUnfinished(
        before name: UnsafeBufferPointer<UInt8>, _ input: UnsafeBufferPointer<UInt8>, _ tag: Range<Int>,
        _ isFinal: Bool, _ output: inout [UInt8]
    ) -> Bool {
        guard let unfinished = open.unfinished(before: name) else { return true }
        if let doubtful = unfinished.doubtful {
            let search = open.withName(at: doubtful) {
                endTag(of: $0, in: unfinished.holder, stopsAtItems: false, input, from: tag.upperBound, isFinal)
            }
            guard let comes = search.comes else { return false }
            looked += search.distance
            if comes {
                open.seal(doubtful)
                return true
            }
        }
        findings.crossedTags += 1
        flush(input, upTo: tag.lowerBound, &output)
        open.close(downTo: unfinished.outermost, into: &output)
        return true
    }

    /// Whether an element that says all in its attributes was left open, and so ends at once.
    ///
    /// - Returns: nil where more input is needed to know.
    mutating func isLeftOpen(
        _ name: UnsafeBufferPointer<UInt8>, _ input: UnsafeBufferPointer<UInt8>, _ scanner: TagScanner, _ isFinal: Bool
    ) -> Bool? {
        guard let parent = open.innermost, let nests = HollowElement.nests(input, scanner) else { return false }
        let search = endTag(
            of: name, nests: nests, in: parent, stopsAtItems: true, input, from: scanner.end, isFinal)
        guard let comes = search.comes else { return nil }
        looked += search.distance
        if !comes { findings.crossedTags += 1 }
        return !comes
    }

    /// Where the section really ends whose first `]]>` is given: at the last one before the element's own end tag that ends
    /// no other section (security.md §6). Text with `]]>` in it was put into a section as it was.
    ///
    /// - Returns: nil where more input is needed to know.
    mutating func sectionEnd(_ input: UnsafeBufferPointer<UInt8>, _ mark: Int, _ isFinal: Bool) -> Int? {
        // What was looked over for an earlier section need not be looked over again.
        guard offset + mark >= settled, let element = open.innermost else { return mark }
        var next = mark + 3
        while next < input.count, input[next].isXMLSpace { next += 1 }
        if open.endsInnermost(input, at: next) != nil { return mark }
        var ahead = MarkupAhead(input, from: mark + 3, isFinal: isFinal)
        var last = mark
        search: while let token = ahead.next() {
            switch token {
            case .mark(let other): last = other
            case .end(let name) where open.isNamed(ahead.text(name), at: element):
                settled = offset + ahead.index
                if last != mark { findings.innerMarks += 1 }
                return last
            case .start(let name) where open.isNamed(ahead.text(name), at: element): break search
            case .start(let name), .end(let name): if open.isItem(ahead.text(name)) { break search }
            }
        }
        if ahead.isCut { return nil }
        settled = offset + ahead.index
        return mark
    }
}
