internal import CShims
internal import Glibc

/// A command that runs: waited for, and ended where it has to be.
struct DeliveryProcess {
    private let pid: pid_t

    /// - Parameter pid: a child that leads a process group and that nobody else waits for.
    init(_ pid: pid_t) {
        self.pid = pid
    }

    /// Returns when it has ended; all times are in milliseconds.
    func wait(timeout: Int64, stop: Int32, grace: Int64, lastGrace: Int64) -> DeliveryCommand.Ending {
        let descriptor = newswire_process_descriptor(pid)
        guard descriptor >= 0 else { return collect() }
        defer { close(descriptor) }
        switch DescriptorWait.poll(descriptor, stop, for: timeout) {
        case .first: return collect()
        case .timeout: return end(descriptor, lastGrace, as: .timedOut)
        case .second: break
        }
        // What is nearly done may be finished: a batch that is delivered need not be delivered again.
        if DescriptorWait.poll(descriptor, -1, for: grace) == .first { return collect() }
        return end(descriptor, lastGrace, as: .stopped)
    }

    private func end(_ descriptor: Int32, _ grace: Int64, as ending: DeliveryCommand.Ending) -> DeliveryCommand.Ending {
        kill(-pid, SIGTERM)
        _ = DescriptorWait.poll(descriptor, -1, for: grace)
        // Processes of its group that outlive it are killed, too.
        kill(-pid, SIGKILL)
        _ = collect()
        return ending
    }

    private func collect() -> DeliveryCommand.Ending {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            if errno != EINTR { return .notStarted(errno: errno) }
        }
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: signal)
    }
}
