/// The elements that are open while HTML is written: closes what authors leave open, as far as HTML lets them.
struct HTMLOpenElements {
    private struct Element {
        var name: HTMLName
        var roles: HTMLElementRoles
    }

    /// What is nested deeper loses its tags and keeps its text; so no search is longer.
    private static let maximumDepth = 200

    private var elements: [Element] = []

    /// Opens an element; false where it would be nested too deep.
    mutating func push(_ name: HTMLName, _ roles: HTMLElementRoles) -> Bool {
        guard elements.count < Self.maximumDepth else { return false }
        elements.append(Element(name: name, roles: roles))
        return true
    }

    /// Closes what cannot stay open when the element begins: WHATWG HTML §13.1.2.4, optional tags.
    mutating func prepare(for roles: HTMLElementRoles, _ close: (HTMLName) -> Void) {
        if elements.isEmpty { return }
        if roles.contains(.listItem) { closeNearest(.listItem, within: .list, close) }
        if roles.contains(.cell) { closeNearest(.cell, within: .table, close) }
        if roles.contains(.row) { closeNearest(.row, within: .table, close) }
        if roles.contains(.rowGroup) { closeNearest(.rowGroup, within: .table, close) }
        if !roles.isDisjoint(with: [.option, .optionGroup]) { closeNearest(.option, within: .block, close) }
        if roles.contains(.optionGroup) { closeNearest(.optionGroup, within: .block, close) }
        if roles.contains(.annotation) { closeNearest(.annotation, within: .block, close) }
        if roles.contains(.link) { closeNearest(.link, within: .block, close) }
        if roles.contains(.block) { closeNearest(.paragraph, within: .block, close) }
    }

    /// Closes the nearest open element of that name and everything in it; an end tag without a start does nothing, and
    /// none reaches out of the table cell that it stands in.
    mutating func close(_ name: HTMLName, _ roles: HTMLElementRoles, _ close: (HTMLName) -> Void) {
        let barrier: HTMLElementRoles = roles.isDisjoint(with: .tablePart) ? .barrier : []
        closeNearest(within: barrier, close) { $0.name == name }
    }

    mutating func closeAll(_ close: (HTMLName) -> Void) {
        while let element = elements.popLast() { close(element.name) }
    }

    private mutating func closeNearest(
        _ wanted: HTMLElementRoles, within barrier: HTMLElementRoles, _ close: (HTMLName) -> Void
    ) {
        closeNearest(within: barrier, close) { !$0.roles.isDisjoint(with: wanted) }
    }

    /// - Parameter barrier: roles of elements that the search does not leave.
    private mutating func closeNearest(
        within barrier: HTMLElementRoles, _ close: (HTMLName) -> Void, where isWanted: (Element) -> Bool
    ) {
        var index = elements.count - 1
        while index >= 0, !isWanted(elements[index]) {
            if !elements[index].roles.isDisjoint(with: barrier) { return }
            index -= 1
        }
        guard index >= 0 else { return }
        while elements.count > index { close(elements.removeLast().name) }
    }
}
