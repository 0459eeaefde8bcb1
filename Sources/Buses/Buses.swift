package import Publishing
private import Web

/// `Buses` are those that this program is linked with.
package struct Buses: BusMaker {
    package init() {}

    package func bus(_ settings: BusSettings) throws(BusFailure) -> any Bus {
        switch settings.url.kind {
        case .nats: NATSBus(settings)
        case .kafka: KafkaBus(settings)
        case .postgresql: PostgreSQLBus(settings)
        case .redis: try RedisBus(settings)
        }
    }
}
