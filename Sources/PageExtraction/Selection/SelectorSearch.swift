import FeedParsing

/// `SelectorSearch` finds the elements that selectors mean, in one pass over the page.
///
/// Each distinct class and id is compared once. Of every open element it is known how far each selector has come in it, so
/// that an element asks its parent and nobody else: the time grows with the nodes and the selectors alone.
struct SelectorSearch {
    /// One element of a selector, by the numbers of the names that it has to have.
    private struct Step {
        var tag: String?
        var element: PageElement?
        var ids: [Int]
        var classes: [Int]
        var itemprops: [Int]
    }

    private let tree: PageTree
    private var steps: [[Step]] = []
    /// The names that selectors ask for, by number.
    private var wanted: [String: Int] = [:]
    private var sets: Int { (wanted.count + 63) / 64 }
    /// For each distinct class and id of the page the names in it, a bit for each that is wanted.
    private var named: [UInt64] = []
    /// For each node and selector how many of its steps are the node and elements around it.
    private var progress: [UInt8] = []

    init(_ tree: PageTree, _ selectors: [HTMLSelector]) {
        self.tree = tree
        for selector in selectors { steps.append(selector.compounds.map { step($0) }) }
    }

    private mutating func step(_ compound: HTMLSelector.Compound) -> Step {
        let element = compound.tag.map { tag in
            var tag = tag
            return tag.withUTF8 { PageElement(name: $0[...]) }
        }
        return Step(
            tag: compound.tag, element: element, ids: numbers(compound.ids), classes: numbers(compound.classes),
            itemprops: numbers(compound.itemprops))
    }

    private mutating func numbers(_ names: [String]) -> [Int] {
        names.map { name in
            let number = wanted[name] ?? wanted.count
            wanted[name] = number
            return number
        }
    }

    /// - Returns: for each selector the elements that it means, in the order of the page.
    mutating func run() -> [[PageTree.Node]] {
        for number in 0..<tree.names.count { named += set(of: tree.names.value(number)) }
        var found = [[PageTree.Node]](repeating: [], count: steps.count)
        progress = [UInt8](repeating: 0, count: tree.count * steps.count)
        for node in tree.nodes {
            let entry = tree.entries[node]
            let place = node * steps.count
            let parent = Int(entry.parent) * steps.count
            if entry.element == .text { continue }
            var properties: [UInt64]?
            for (number, steps) in steps.enumerated() {
                let reached = parent < 0 ? 0 : Int(progress[parent + number])
                progress[place + number] = UInt8(reached)
                // The last step may be met again and again, each time in what meets those before.
                let step = steps[min(reached, steps.count - 1)]
                guard fits(node, entry, step, &properties) else { continue }
                if reached + 1 >= steps.count { found[number].append(node) }
                progress[place + number] = UInt8(min(reached + 1, steps.count - 1))
            }
        }
        return found
    }

    private func fits(
        _ node: PageTree.Node, _ entry: PageTree.Entry, _ step: Step, _ properties: inout [UInt64]?
    ) -> Bool {
        if let element = step.element {
            guard entry.element == element else { return false }
            if element == .unknown, tree.name(of: node) != step.tag { return false }
        }
        guard has(step.classes, entry.className), has(step.ids, entry.idName) else { return false }
        if step.itemprops.isEmpty { return true }
        guard entry.flags.contains(.itemprop) else { return false }
        let known = properties ?? set(of: ArraySlice(Array((tree.attribute("itemprop", of: node) ?? "").utf8)))
        properties = known
        return step.itemprops.allSatisfy { known[$0 / 64] >> UInt64($0 % 64) & 1 == 1 }
    }

    private func has(_ names: [Int], _ value: Int32) -> Bool {
        names.allSatisfy { named[Int(value) * sets + $0 / 64] >> UInt64($0 % 64) & 1 == 1 }
    }

    /// Which of the names that are wanted are words of the value.
    private func set(of value: ArraySlice<UInt8>) -> [UInt64] {
        var set = [UInt64](repeating: 0, count: sets)
        for word in value.split(whereSeparator: { $0 <= 0x20 }) {
            guard let number = wanted[String(decoding: word, as: UTF8.self)] else { continue }
            set[number / 64] |= 1 << UInt64(number % 64)
        }
        return set
    }
}
