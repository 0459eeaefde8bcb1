/// A time to the second, rounded up, in four bytes: for what is kept of every feed. None before 1970 or after 2106.
@propertyWrapper
package struct CompactTime: Sendable, Equatable {
    /// 0 for none.
    private var seconds: UInt32 = 0

    package init(wrappedValue: Timestamp?) {
        self.wrappedValue = wrappedValue
    }

    package var wrappedValue: Timestamp? {
        get { seconds == 0 ? nil : Timestamp(seconds: Int64(seconds)) }
        set {
            guard let time = newValue else { return seconds = 0 }
            let isWhole = time.milliseconds % 1000 == 0
            // An earlier time than can be kept is still one.
            seconds = max(1, UInt32(clamping: isWhole ? time.seconds : time.seconds &+ 1))
        }
    }
}
