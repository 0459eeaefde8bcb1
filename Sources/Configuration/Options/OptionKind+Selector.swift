internal import FeedParsing

extension OptionKind where Value == HTMLSelector? {
    /// A selector; an empty text for none.
    static var selector: Self {
        Self(
            read: { node, context in
                guard let text = context.text(node) else { return nil }
                return text.isEmpty ? .some(nil) : context.selector(text, at: node).map { .some($0) }
            },
            text: { TOMLText.quoted($0?.description ?? "") })
    }
}

extension OptionKind where Value == [HTMLSelector] {
    /// A list of selectors.
    static var selectors: Self {
        Self(
            read: { node, context in
                context.texts(node, limit: mostSelectors)?.compactMap { context.selector($0, at: $1) }
            },
            text: { $0.isEmpty ? nil : TOMLText.list($0.map(\.description)) })
    }

    private static var mostSelectors: Int { 32 }
}

extension OptionContext {
    /// Nil once what is wrong with it has been reported.
    fileprivate func selector(_ text: String, at node: TOMLNode) -> HTMLSelector? {
        do throws(HTMLSelector.Refusal) {
            return try HTMLSelector(text)
        } catch {
            self.error("\(Self.shown(text)), \(error)", at: node)
            return nil
        }
    }
}
