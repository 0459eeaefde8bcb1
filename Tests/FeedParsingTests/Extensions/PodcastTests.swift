import FeedModel
import JSONText
import Testing

@testable import FeedParsing

@Suite("What the vocabularies of podcasts say (contract.md §3)")
struct PodcastTests {
    private static let names =
        "xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\" xmlns:podcast=\"https://podcastindex.org/namespace/1.0\""

    private func json(_ podcast: Podcast) -> String {
        var writer = JSONWriter()
        JSONValue.object(podcast.members).write(to: &writer)
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    /// What is kept of an item with those elements, as JSON.
    private func kept(_ elements: String, names: String = names) throws -> String {
        json(try article(rss(item: "<title>t</title>" + elements, attributes: names)).podcast)
    }

    @Test(
        "Each element is kept under its own name, with its attributes and its text",
        arguments: [
            (
                """
                <itunes:season>5</itunes:season><podcast:season name="Race &amp; more">5</podcast:season>
                <itunes:episode>10</itunes:episode><podcast:episode display="Ch.3">10.5</podcast:episode>
                """,
                #"{"season":{"number":5,"name":"Race & more"},"episode":{"number":10,"display":"Ch.3"}}"#
            ),
            (
                "<itunes:episode>Bonus 1</itunes:episode><podcast:season>1.5</podcast:season>",
                #"{"episode":{"number":"Bonus 1"},"season":{"number":1.5}}"#
            ),
            (
                "<itunes:episodeType> full </itunes:episodeType><itunes:explicit>Yes</itunes:explicit><itunes:block>no</itunes:block>",
                #"{"episodeType":"full","explicit":true,"block":false}"#
            ),
            ("<itunes:explicit>clean</itunes:explicit>", #"{"explicit":false}"#),
            ("<itunes:explicit>maybe</itunes:explicit>", #"{"explicit":"maybe"}"#),
            (
                """
                <podcast:transcript url="https://example.org/1.vtt" type="text/vtt" language="en" rel="captions"/>
                <podcast:transcript url="1.srt" type="application/srt"></podcast:transcript>
                <podcast:transcript url="1.srt" type="application/srt"/>
                <podcast:chapters url="https://example.org/1.json" type="application/json+chapters"/>
                """,
                #"{"transcript":[{"url":"https://example.org/1.vtt","type":"text/vtt","language":"en","rel":"captions"},"#
                    + #"{"url":"https://example.org/1.srt","type":"application/srt"}],"#
                    + #""chapters":{"url":"https://example.org/1.json","type":"application/json+chapters"}}"#
            ),
            (
                """
                <podcast:person role="host" group="cast" img="https://example.org/a.jpg" href="https://example.org/a">
                 Ann &amp;amp; Bob </podcast:person><podcast:person>Cy</podcast:person><podcast:person/>
                """,
                #"{"person":[{"role":"host","group":"cast","img":"https://example.org/a.jpg","href":"https://example.org/a","#
                    + #""name":"Ann & Bob"},{"name":"Cy"}]}"#
            ),
            (
                "<podcast:soundbite startTime=\"73.0\" duration=\"60\">Why <b>so</b></podcast:soundbite><podcast:soundbite startTime=\"1\"/>",
                #"{"soundbite":[{"startTime":73.0,"duration":60,"title":"Why so"},{"startTime":1}]}"#
            ),
            (
                """
                <podcast:alternateEnclosure type="audio/opus" length="32400000" bitrate="128000" default="true" title="Low">
                <podcast:source uri="https://example.org/1.opus"/><podcast:source uri="ipfs://x" contentType="audio/opus"/>
                <podcast:integrity type="sri" value="sha384-x"/><podcast:transcript url="https://example.org/no"/>
                </podcast:alternateEnclosure><podcast:alternateEnclosure type="video/mp4"/>
                """,
                #"{"alternateEnclosure":[{"type":"audio/opus","length":32400000,"bitrate":128000,"title":"Low","default":true,"#
                    + #""source":[{"uri":"https://example.org/1.opus"},{"contentType":"audio/opus"}],"#
                    + #""integrity":{"type":"sri","value":"sha384-x"}},{"type":"video/mp4"}]}"#
            ),
            (
                """
                <podcast:value type="lightning" method="keysend" suggested="0.00000015000">
                <podcast:valueRecipient name="Ann" type="node" address="02d5" customKey="1" customValue="2" split="95" fee="false"/>
                <podcast:valueTimeSplit startTime="1"><podcast:valueRecipient name="Not" split="1"/></podcast:valueTimeSplit>
                </podcast:value>
                """,
                #"{"value":[{"type":"lightning","method":"keysend","suggested":1.5e-07,"#
                    + #""valueRecipient":[{"name":"Ann","type":"node","address":"02d5","customKey":"1","customValue":"2","#
                    + #""split":95,"fee":false}]}]}"#
            ),
            (
                """
                <podcast:location geo="geo:30.2,-97.7" osm="R113314">Austin</podcast:location>
                <podcast:license url="https://example.org/l">cc-by-4.0</podcast:license>
                <podcast:socialInteract uri="https://example.org/s" protocol="activitypub" accountId="@a" priority="1"/>
                <podcast:txt purpose="verify">S6lp</podcast:txt>
                """,
                #"{"location":[{"geo":"geo:30.2,-97.7","osm":"R113314","name":"Austin"}],"#
                    + #""license":{"url":"https://example.org/l","name":"cc-by-4.0"},"#
                    + #""socialInteract":[{"uri":"https://example.org/s","protocol":"activitypub","accountId":"@a","priority":1}],"#
                    + #""txt":[{"purpose":"verify","text":"S6lp"}]}"#
            ),
            ("<podcast:unheardOf x=\"1\">y</podcast:unheardOf><podcast:integrity value=\"1\"/>", "{}"),
        ] as [(String, String)])
    func elements(elements: String, expected: String) throws {
        let names = Self.names + " xml:base=\"https://example.org/\""
        #expect(try kept(elements, names: names) == expected)
        let page = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0" + ".md"
        let github = "xmlns:podcast=\"\(page)\""
        #expect(try kept(elements, names: github + " xml:base=\"https://example.org/\"") == expected)
    }

    @Test("A podcast's own elements change nothing else of the item")
    func neighbours() throws {
        let article = try article(
            rss(
                item: """
                    <podcast:person role="host">Lee</podcast:person><podcast:guid>g</podcast:guid><guid>1</guid><title>t</title>
                    <podcast:alternateEnclosure type="audio/opus"><podcast:source uri="https://example.org/a.opus"/>
                    </podcast:alternateEnclosure><enclosure url="https://example.org/a.mp3"/><description>d</description>
                    """, attributes: Self.names))
        #expect(article.id == "1" && article.title == "t" && article.contentText == "d")
        #expect(article.authors.isEmpty && article.source == nil)
        #expect(article.attachments.map(\.url) == ["https://example.org/a.mp3"])
        #expect(json(article.podcast).contains("\"guid\":\"g\""))
    }

    @Test("The feed has its own: guid, medium, people, money")
    func channel() throws {
        let feed = try feed(
            rss(
                item: "<title>t</title>", attributes: Self.names,
                channel: """
                    <podcast:guid>917393e3</podcast:guid><podcast:medium>podcast</podcast:medium>
                    <podcast:locked owner="a@example.org">yes</podcast:locked><itunes:type>serial</itunes:type>
                    <podcast:funding url="https://example.org/give">Support</podcast:funding>
                    <podcast:person>Ann</podcast:person><podcast:value type="x"><podcast:valueRecipient split="1"/></podcast:value>
                    <podcast:liveItem status="live"><title>no</title><podcast:person>no</podcast:person></podcast:liveItem>
                    """))
        #expect(
            json(feed.podcast)
                == #"{"guid":"917393e3","medium":"podcast","locked":{"owner":"a@example.org","locked":true},"type":"serial","#
                + #""funding":[{"url":"https://example.org/give","title":"Support"}],"person":[{"name":"Ann"}],"#
                + #""value":[{"type":"x","valueRecipient":[{"split":1}]}]}"#)
        #expect(feed.title == "Feed")
        #expect(feed.articles.first?.podcast.isEmpty == true)
        var json = JSONWriter()
        feed.write(to: &json) { _ in "made" }
        let written = try JSONParser.parse(json.finish()).value
        #expect(written["_newswire"]?["podcast"]?["guid"]?.string == "917393e3")
    }

    @Test("security.md §10: a URL of another scheme is told as text, whatever of a podcast it is of")
    func unsafeURLs() throws {
        let article = try article(
            rss(
                item: """
                    <guid>1</guid><podcast:transcript url="javascript:1" type="text/vtt"/>
                    <podcast:person img="data:x" href="ftp://x/">Ann</podcast:person>
                    """, attributes: Self.names))
        #expect(json(article.podcast) == #"{"transcript":[{"type":"text/vtt"}],"person":[{"name":"Ann"}]}"#)
        #expect(article.unsafeURLs == ["javascript:1", "data:x", "ftp://x/"])
    }

    @Test("security.md §4: of each element no more are kept than of other lists, and no more bytes than of a text")
    func limits() throws {
        var limits = ParseLimits()
        limits.listEntries = 3
        limits.titleBytes = 8
        let persons = (0..<9).map { "<podcast:person>n\($0) is longer</podcast:person>" }.joined()
        let several = try article(rss(item: "<guid>1</guid>" + persons, attributes: Self.names), limits: limits)
        #expect(json(several.podcast) == #"{"person":[{"name":"n0 is lo"},{"name":"n1 is lo"},{"name":"n2 is lo"}]}"#)
        #expect(several.truncatedFields == ["podcast"])
        limits = ParseLimits()
        limits.contentBytes = 40
        let txt = (0..<9).map { "<podcast:txt>\($0)23456789abcde</podcast:txt>" }.joined()
        let long = try article(rss(item: "<guid>1</guid>" + txt, attributes: Self.names), limits: limits)
        #expect(long.podcast["txt"]?.array?.count == 2)
        #expect(long.truncatedFields == ["podcast"])
    }
}
