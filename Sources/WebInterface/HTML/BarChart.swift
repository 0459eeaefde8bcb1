/// `BarChart` is counts as bars, with the numbers as text (web.md §4).
struct BarChart {
    struct Bar {
        /// What the bar is of: `14:00` or `28 Nov`.
        var name: String
        var count: Int
    }

    let bars: [Bar]
    /// What is counted, as a whole: `Articles an hour, last 24 h`.
    let title: String
    /// What a bar's name says: `Hour` or `Day`.
    let unit: String

    var html: HTML {
        let total = bars.reduce(0) { $0 + $1.count }
        let most = bars.max { $0.count < $1.count }
        let summary =
            most.map { $0.count > 0 ? "\(total) in all, most of them \($0.name): \($0.count)" : "none" } ?? "none"
        let rows = bars.reversed().map { bar -> HTML in
            "<tr><th scope=\"row\">\(bar.name)</th><td class=\"n\">\(bar.count)</td></tr>"
        }
        return """
            <figure><figcaption>\(title): \(summary)</figcaption>\(drawing(of: most?.count ?? 0, summary))\
            <details><summary>The numbers</summary><table><caption>\(title)</caption><thead><tr><th scope="col">\(unit)</th>\
            <th scope="col" class="n">Articles</th></tr></thead><tbody>\(rows)</tbody></table></details></figure>
            """
    }

    private func drawing(of most: Int, _ summary: String) -> HTML {
        if most == 0 { return HTML() }
        let rects = bars.enumerated().compactMap { index, bar -> HTML? in
            if bar.count == 0 { return nil }
            // However few they are, there is a bar.
            let height = max(2, bar.count * 100 / most)
            return """
                <rect x="\(index * 10 + 1)" y="\(100 - height)" width="8" height="\(height)">\
                <title>\(bar.name): \(bar.count)</title></rect>
                """
        }
        return """
            <svg class="bars" role="img" aria-label="\(title): \(summary)" viewBox="0 0 \(bars.count * 10) 100" \
            preserveAspectRatio="none">\(rects)</svg>
            """
    }
}
