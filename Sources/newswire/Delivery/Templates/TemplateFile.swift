internal import Configuration
internal import FeedModel
internal import JSONText
internal import Text

/// The file of a template: read once, when a delivery starts, and tried out on an article that says nothing.
struct TemplateFile {
    let path: String
    /// What it makes; nil where the ending of its name says it.
    let contentType: String?
    /// Where it is named.
    let source: DeliverySource

    private static let limit = 64 << 10

    private static let types = [
        "json": "application/json", "ndjson": "application/x-ndjson", "html": "text/html; charset=utf-8",
        "txt": "text/plain; charset=utf-8", "md": "text/markdown; charset=utf-8",
    ]

    /// - Parameter batch: the most articles of a batch.
    func body(batch: Int) throws(DeliveryProblem) -> HTTPBody {
        let type = try mediaType()
        let (isJSON, isLines) = Self.isJSON(type)
        if isJSON, batch > 1, !isLines {
            throw failure(
                "it makes a document of JSON of each article, and two of them are none; use \(source.setting("batch", 1)), or "
                    + "lines")
        }
        do throws(ArticleTemplate.Problem) {
            let template = try ArticleTemplate(try text(), form: isJSON ? .json : .text)
            if isJSON { try check(template, isLines: isLines) }
            return .template(template, contentType: type)
        } catch {
            throw failure("\(error)")
        }
    }

    private func mediaType() throws(DeliveryProblem) -> String {
        if let contentType { return contentType }
        let ending = path.split(separator: ".").last.map(String.init) ?? ""
        if let type = Self.types[ending] { return type }
        throw failure(
            "what it makes is not known by its name, which ends with none of \(Self.types.keys.sorted().joined(separator: ", ")); "
                + "say it with \(source.name("content_type"))")
    }

    private static func isJSON(_ type: String) -> (isJSON: Bool, isLines: Bool) {
        let name = type.prefix { $0 != ";" && $0 != " " }.lowercased()
        let isLines = name.hasSuffix("ndjson") || name.hasSuffix("jsonl") || name.hasSuffix("json-seq")
        return (isLines || name.hasSuffix("/json") || name.hasSuffix("+json"), isLines)
    }

    private func text() throws(ArticleTemplate.Problem) -> String {
        let bytes: [UInt8]
        do throws(FileReader.Failure) {
            bytes = try FileReader.read(path, limit: Self.limit).bytes
        } catch {
            throw ArticleTemplate.Problem(description: "it \(error.message)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ArticleTemplate.Problem(description: "it is not UTF-8")
        }
        return text
    }

    /// A mistake in the template would else be found by the receiver, for each article.
    private func check(_ template: ArticleTemplate, isLines: Bool) throws(ArticleTemplate.Problem) {
        var bytes: [UInt8] = []
        // A record has quotes, which would end a string that it stood in.
        template.append(StoredRecord(.object([])), line: Array(#"{"id":"1"}"#.utf8)[...], to: &bytes)
        if isLines, bytes.last != UInt8(ascii: "\n") {
            throw ArticleTemplate.Problem(
                description: "its last line has no end, and the next article would go on with it")
        }
        let documents = isLines ? bytes.split(separator: UInt8(ascii: "\n")).map(Array.init) : [bytes]
        for document in documents {
            guard (try? JSONParser.parse(document)) != nil else {
                throw ArticleTemplate.Problem(
                    description:
                        "what it makes of an article is no JSON: check its quotes and commas; {{json}} alone stands "
                        + "outside of quotes")
            }
        }
    }

    private func failure(_ message: String) -> DeliveryProblem {
        DeliveryProblem("template", "the template \(path): \(message)")
    }
}
