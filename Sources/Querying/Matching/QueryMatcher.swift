/// `QueryMatcher` holds queries ready to be asked of many articles: of each article every text is cut into words once,
/// for all of them.
///
/// It is a value that any number of threads may use.
package struct QueryMatcher: Sendable {
    /// A query as it is asked: what costs least comes first.
    indirect enum Step: Sendable {
        case all([Step])
        case any([Step])
        case not(Step)
        case words(WordField, TermIndex.Term)
        /// One of them at least: most rules are a list of words, of which none is there.
        case anyWords(WordField, [TermIndex.Term])
        case condition(QueryCondition)
    }

    let index: TermIndex
    let steps: [Step]

    package init(_ queries: [Query]) {
        var index = TermIndex()
        steps = queries.map { Self.step($0.root, &index) }
        self.index = index
    }

    /// Begins to ask the queries of an article.
    package func evaluation(of article: QueriedArticle) -> QueryEvaluation {
        QueryEvaluation(self, article)
    }

    private static func step(_ node: QueryNode, _ index: inout TermIndex) -> Step {
        switch node {
        case .all(let nodes): .all(sorted(nodes).map { step($0, &index) })
        case .any(let nodes): any(sorted(nodes).map { step($0, &index) })
        case .not(let node): .not(step(node, &index))
        case .condition(.words(let field, let term)): .words(field, index.add(term))
        case .condition(let condition): .condition(condition)
        }
    }

    private static func any(_ steps: [Step]) -> Step {
        var field: WordField?
        var terms: [TermIndex.Term] = []
        for step in steps {
            guard case .words(let own, let term) = step, own == field ?? own else { return .any(steps) }
            field = own
            terms.append(term)
        }
        return field.map { .anyWords($0, terms) } ?? .any(steps)
    }

    private static func sorted(_ nodes: [QueryNode]) -> [QueryNode] {
        nodes.enumerated().sorted { ($0.element.cost, $0.offset) < ($1.element.cost, $1.offset) }.map(\.element)
    }
}

extension QueryNode {
    /// What has to be read to ask it, from nothing to a /regex/ over the body.
    fileprivate var cost: Int {
        switch self {
        case .all(let nodes), .any(let nodes): nodes.map(\.cost).max() ?? 0
        case .not(let node): node.cost
        case .condition(.words(.title, _)), .condition(.words(.url, _)), .condition(.words(.author, _)): 2
        case .condition(.words): 4
        case .condition(.pattern(.text(.body), _)), .condition(.pattern(.text(.titleOrBody), _)): 5
        case .condition(.pattern): 3
        case .condition(.host), .condition(.category): 1
        case .condition: 0
        }
    }
}
