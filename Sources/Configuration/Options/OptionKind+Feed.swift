private import FeedModel

extension OptionKind where Value == FeedAddress {
    /// The URL of a feed, or the path of a local document.
    static var feedAddress: Self {
        Self(
            read: { node, context in
                guard let text = context.text(node) else { return nil }
                let address = FeedAddress.parse(text, relativeTo: context.file.directory)
                guard case .refused(let reason) = address else { return address }
                context.error(reason, at: node)
                return nil
            },
            text: { address in
                switch address {
                case .web(let url), .local(_, let url): TOMLText.quoted(URLRedaction.redacted(url))
                case .refused: nil
                }
            })
    }
}

extension OptionKind where Value == [String] {
    /// Words that people give a feed, each once.
    static var tags: Self {
        Self(
            read: { node, context in
                var tags: [String] = []
                for (text, element) in context.texts(node, limit: 100) ?? [] {
                    let refusal = text.isEmpty ? "holds an empty tag" : TextRules.refusal(label: text, limit: 128)
                    if let refusal {
                        context.error(refusal, at: element)
                    } else if !tags.contains(text) {
                        tags.append(text)
                    }
                }
                return tags
            },
            text: TOMLText.list)
    }
}

extension OptionKind where Value == [TopSettings.Include] {
    /// Files and patterns, which are looked for once the file has been read.
    static var includes: Self {
        Self(
            read: { node, context in
                context.texts(node, limit: LoadingState.Limit.files)?.map { text, element in
                    TopSettings.Include(entry: text, place: context.file.place(element.line))
                }
            },
            text: { _ in nil })
    }
}
