/// Where on a page the article is, for the fields that are looked for beside it.
struct BodyPlace {
    /// The element that the text was taken from.
    var container: PageTree.Node
    /// The element that holds the headline, where the page shows one.
    var headline: PageTree.Node?
    /// The first and the last node of the text that was kept; no nodes where nothing was.
    var text: Range<PageTree.Node>
}
