internal import Configuration
internal import FeedModel
internal import Ingestion
internal import newswire

/// `FeedReasons` says of a feed in words what a list of feeds shows of it.
struct FeedReasons {
    let feed: FeedConfiguration
    let state: FeedState?
    let health: FeedHealth
    let times: TimeWords

    /// The state in a word, with a colour that says the same.
    var word: HTML {
        switch health.state {
        case .ok: health.silentSince == nil ? "<span class=\"ok\">ok</span>" : "<span class=\"warn\">silent</span>"
        case .failing: "<span class=\"bad\">failing</span>"
        case .gone: "<span class=\"bad\">gone</span>"
        case .paused: "<span class=\"warn\">\(feed.enabled ? "paused" : "disabled")</span>"
        case .never: "<span class=\"dim\">never polled</span>"
        }
    }

    /// Why it is so, in one clause.
    var why: HTML {
        if !feed.enabled { return "<code>enabled = false</code>" }
        if let until = health.pausedUntil {
            if until == FeedState.Schedule.forGood { return "until somebody resumes it" }
            let isByPerson = state?.isHeld(at: times.now) ?? false
            return "\(isByPerson ? "paused" : "server asked to wait") until \(times.clock(until))"
        }
        guard let state else { return "not polled yet" }
        if let failure = state.failure { return failing(failure, state) }
        if state.lastPoll == nil { return "not polled yet" }
        if let silent = health.silentSince { return "nothing new since \(times.clock(silent))" }
        return rhythm(state)
    }

    private func failing(_ failure: FeedState.Failure, _ state: FeedState) -> HTML {
        var text: HTML
        if let status = state.status, status >= 400 {
            text = "HTTP \(status)"
        } else {
            text = "\(failure.kind == .unknown ? failure.word : FailureWords.short(failure.kind))"
        }
        if let since = state.schedule.failingSince { text += " since \(times.clock(since))" }
        if let next = health.nextPoll, let last = state.lastPoll, next > last {
            text += ", backs off \(SpanText.text(Int(next.seconds - last.seconds)))"
        } else if health.nextPoll == nil {
            text += ", not asked any more"
        }
        return text
    }

    private func rhythm(_ state: FeedState) -> HTML {
        let word = health.reason.map { $0.word.replacing("_", with: " ") } ?? "planned"
        let interval = state.intervalSeconds.map { " \(SpanText.text($0))" } ?? ""
        if health.nextPoll == nil { return "\(word): not asked any more" }
        return "\(word)\(interval)"
    }

    /// What is remarkable about it beside its state.
    var marks: HTML {
        var marks: [HTML] = []
        if state?.move.adopted != nil { marks.append(.tag("moved", "warn")) }
        if !feed.tlsVerify, !feed.isLocalFile { marks.append(.tag("insecure TLS", "bad")) }
        if feed.options.userAgent != nil { marks.append(.tag("masquerading", "warn")) }
        if let blocked = state?.recentBlocks?.lastWeek(at: times.now), blocked > 0 {
            marks.append(.tag("blocked \(blocked)", "warn"))
        }
        return "\(marks)"
    }
}
