/// The elements that are open while HTML is written: closes what authors leave open, as far as HTML lets them.
///
/// Where the nearest element of a name or of a role is open is known without looking for it: a text may ask at each tag.
struct HTMLOpenElements {
    private struct Element {
        var name: HTMLName
        var roles: HTMLElementRoles
        /// Where the nearest element of that name was before it.
        var sameNameOutside: Int
        /// Where the nearest element of each of its roles was.
        var sameRolesOutside: RoleDepths
    }

    /// A place on the stack for each role; -1 where there is none.
    private typealias RoleDepths = InlineArray<16, Int16>

    /// What is nested deeper loses its tags and keeps its text.
    private static let maximumDepth = 200

    private var elements: [Element] = []
    private var nearestNames: [HTMLName: Int] = [:]
    private var nearestRoles = RoleDepths(repeating: -1)

    /// Opens an element; false where it would be nested too deep.
    mutating func push(_ name: HTMLName, _ roles: HTMLElementRoles) -> Bool {
        guard elements.count < Self.maximumDepth else { return false }
        let depth = elements.count
        let outside = nearestRoles
        var bits = roles.rawValue
        while bits != 0 {
            nearestRoles[bits.trailingZeroBitCount] = Int16(depth)
            bits &= bits - 1
        }
        let sameName = nearestNames.updateValue(depth, forKey: name) ?? -1
        elements.append(
            Element(name: name, roles: roles, sameNameOutside: sameName, sameRolesOutside: outside))
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
        if let last = elements.last, last.name == name {
            pop(close)
            return
        }
        guard let place = nearestNames[name], place >= 0 else { return }
        let barrier = roles.isDisjoint(with: .tablePart) ? nearest(.barrier) : -1
        if place >= barrier { closeAll(from: place, close) }
    }

    mutating func closeAll(_ close: (HTMLName) -> Void) {
        closeAll(from: 0, close)
    }

    /// - Parameter barrier: a role of elements that the search does not leave.
    private mutating func closeNearest(
        _ wanted: HTMLElementRoles, within barrier: HTMLElementRoles, _ close: (HTMLName) -> Void
    ) {
        let place = nearest(wanted)
        if place >= 0, place >= nearest(barrier) { closeAll(from: place, close) }
    }

    /// - Parameter role: one.
    private func nearest(_ role: HTMLElementRoles) -> Int { Int(nearestRoles[role.rawValue.trailingZeroBitCount]) }

    private mutating func closeAll(from place: Int, _ close: (HTMLName) -> Void) {
        while elements.count > place { pop(close) }
    }

    private mutating func pop(_ close: (HTMLName) -> Void) {
        guard let element = elements.popLast() else { return }
        nearestNames[element.name] = element.sameNameOutside
        nearestRoles = element.sameRolesOutside
        close(element.name)
    }
}
