/// `TextOrSecret` is a value that may be written down, or is found elsewhere.
package enum TextOrSecret: Sendable, Hashable {
    case text(String)
    case secret(Secret)

    /// Returns the text, or reads the secret as `Secret.resolve` does.
    package func resolve(environment: [String: String]) throws(SecretError) -> String {
        switch self {
        case .text(let text): text
        case .secret(let secret): try secret.resolve(environment: environment)
        }
    }

    /// Returns the value as TOML has it.
    var toml: String {
        switch self {
        case .text(let text): TOMLText.quoted(text)
        case .secret(let secret): secret.description
        }
    }
}
