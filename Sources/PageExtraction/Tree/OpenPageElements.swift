/// The elements that are open while a page is read: which of them an element that begins, or an end tag, closes.
///
/// Where the nearest of each kind is open is known without looking for it, so that no tag costs more than what it closes.
struct OpenPageElements {
    struct Element {
        var element: PageElement
        var node: PageTree.Node
        fileprivate var name: UInt32
        /// Where on the stack the nearest of its kind was before it, and the nearest barrier and scope; -1 for none.
        fileprivate var sameOutside: Int16
        fileprivate var barrierOutside: Int16
        fileprivate var scopeOutside: Int16
        fileprivate var headingOutside: Int16
    }

    private var elements: [Element] = []
    /// What has been closed, innermost first, until the builder has taken note of it.
    private(set) var closed: [PageTree.Node] = []
    private var nearest = [Int16](repeating: -1, count: PageElement.allCases.count)
    private var barrier: Int16 = -1
    private var scope: Int16 = -1
    private var heading: Int16 = -1

    /// The innermost. There is always one: the page.
    var top: Element { elements[elements.count - 1] }

    func isOpen(_ element: PageElement) -> Bool { place(element) >= 0 }

    /// The innermost of that kind, nil where none is open.
    func nearest(_ element: PageElement) -> PageTree.Node? {
        let place = place(element)
        return place < 0 ? nil : elements[Int(place)].node
    }

    /// Opens an element; false where it would be nested too deep.
    /// - Parameter name: a hash of its name, where that is one which no rule knows.
    @discardableResult
    mutating func push(_ element: PageElement, node: PageTree.Node, name: UInt32 = 0) -> Bool {
        guard elements.count < PageLimits.depth else { return false }
        let roles = element.roles
        let depth = Int16(elements.count)
        elements.append(
            Element(
                element: element, node: node, name: name, sameOutside: place(element), barrierOutside: barrier,
                scopeOutside: scope, headingOutside: heading))
        nearest[Int(element.rawValue)] = depth
        if roles.contains(.barrier) { barrier = depth }
        if roles.contains(.scope) { scope = depth }
        if roles.contains(.heading) { heading = depth }
        return true
    }

    mutating func forgetClosed() { closed.removeAll(keepingCapacity: true) }

    mutating func closeAll() { closeAll(from: 0) }

    private mutating func pop() {
        guard let element = elements.popLast() else { return }
        nearest[Int(element.element.rawValue)] = element.sameOutside
        barrier = element.barrierOutside
        scope = element.scopeOutside
        heading = element.headingOutside
        closed.append(element.node)
    }

    /// Closes what cannot stay open when the element begins.
    mutating func closeBefore(_ element: PageElement, _ roles: PageElement.Roles) {
        switch element {
        case .li: closeNearest(.li, within: max(place(.ul), place(.ol), place(.menu), scope))
        case .dt, .dd: closeNearest(.dt, .dd, within: max(place(.dl), scope))
        case .td, .th: closeNearest(.td, .th, .caption, within: place(.table))
        case .tr: closeNearest(.tr, .caption, within: place(.table))
        case .thead, .tbody, .tfoot: closeNearest(.thead, .tbody, .tfoot, .caption, within: place(.table))
        case .rt, .rp: closeNearest(.rt, within: barrier)
        case .option, .optgroup: closeNearest(.option, within: place(.select))
        default: break
        }
        if roles.contains(.block) {
            closeNearest(.p, within: scope)
            // A reading without an end tag hides no text.
            if place(.rt) > barrier { closeAll(from: place(.rt)) }
        }
        // A heading right in a heading is one that was not closed.
        if roles.contains(.heading), heading >= 0, Int(heading) == elements.count - 1 { closeAll(from: heading) }
    }

    /// Closes the nearest of the element's kind and all that is in it; an end tag without a start does nothing, and none
    /// of a block reaches out of the table cell that it stands in.
    mutating func close(_ element: PageElement) {
        let roles = element.roles
        if roles.contains(.void) { return }
        if roles.contains(.heading) {
            if heading > scope { closeAll(from: heading) }
        } else if roles.contains(.tablePart) {
            let place = place(element)
            if place > self.place(.table) { closeAll(from: place) }
        } else if element == .table {
            if place(.table) >= 0 { closeAll(from: place(.table)) }
        } else if roles.contains(.barrier) || roles.contains(.unread) {
            if place(element) > scope { closeAll(from: place(element)) }
        } else {
            closeInline(element)
        }
    }

    /// Closes the nearest of the kind where no block has begun in it; the node that was closed.
    @discardableResult
    mutating func closeInline(_ element: PageElement) -> PageTree.Node? {
        let place = place(element)
        guard place > barrier else { return nil }
        let node = elements[Int(place)].node
        closeAll(from: place)
        return node
    }

    /// Closes the nearest element without a kind that has the right name, of those that are near.
    mutating func closeUnknown(name: UInt32) {
        var place = place(.unknown)
        var tries = 0
        while place > barrier, tries < 8 {
            if elements[Int(place)].name == name {
                closeAll(from: place)
                return
            }
            place = elements[Int(place)].sameOutside
            tries += 1
        }
    }

    /// The nearest of a kind stays open as something that no end tag means.
    mutating func forget(_ element: PageElement) {
        let place = place(element)
        guard place >= 0 else { return }
        nearest[Int(element.rawValue)] = elements[Int(place)].sameOutside
        elements[Int(place)].element = .text
        elements[Int(place)].sameOutside = self.place(.text)
        nearest[Int(PageElement.text.rawValue)] = place
    }

    private func place(_ element: PageElement) -> Int16 { nearest[Int(element.rawValue)] }

    private mutating func closeNearest(_ wanted: PageElement..., within limit: Int16) {
        var place: Int16 = -1
        for element in wanted { place = max(place, self.place(element)) }
        if place > limit { closeAll(from: place) }
    }

    private mutating func closeAll(from place: Int16) {
        while elements.count > Int(place) { pop() }
    }
}
