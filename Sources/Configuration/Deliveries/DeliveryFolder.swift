private import Glibc

/// `DeliveryFolder` is `deliver.d` beside the main file of a configuration: deliveries by the names of their consumers
/// (contract.md §2.13).
package struct DeliveryFolder: Sendable {
    /// `Entry` is what describes a delivery.
    package enum Entry: Sendable {
        case file(DeliveryFile)
        /// The path of a program that is given the articles.
        case program(String)
    }

    /// `Failure` says why there is nothing to go by.
    package enum Failure: Error, Sendable {
        /// There is neither a file nor a program.
        case missing(file: String, program: String)
        /// There is a file, and it is wrong, or there is a program as well.
        case wrong(ConfigurationError)
    }

    private static let mostFiles = 10_000
    private static let ending = ".toml"

    /// The path is absolute.
    package let path: String

    /// - Parameter configuration: the path of the main file.
    package init(beside configuration: String) {
        path = Path.join(Path.directory(of: Path.absolute(configuration)), "deliver.d")
    }

    /// Finds what describes the delivery of a consumer. It waits for the file system.
    ///
    /// - Parameter consumer: a name for a consumer, which the caller has checked, so that it leads out of no folder.
    package func entry(of consumer: String) throws(Failure) -> Entry {
        let (file, program) = ("\(path)/\(consumer)\(Self.ending)", "\(path)/\(consumer)")
        // The file of one delivery is no program of another, whatever its mode.
        let hasProgram = !consumer.hasSuffix(Self.ending) && Self.isProgram(program)
        guard Self.mayBeThere(file) else {
            guard hasProgram else { throw .missing(file: file, program: program) }
            return .program(program)
        }
        do throws(ConfigurationError) {
            if hasProgram { throw Self.both(file, program) }
            return .file(try DeliveryFile(file, of: consumer))
        } catch {
            throw .wrong(error)
        }
    }

    /// Returns the path of the file of a consumer; nil where there is none.
    package func file(of consumer: String) -> String? {
        let file = "\(path)/\(consumer)\(Self.ending)"
        return ConfigurationPath.fileExists(file) ? file : nil
    }

    /// Returns the files, by their names, and says what is wrong with others. It waits for the file system.
    ///
    /// - Parameter isName: whether a consumer may be called so.
    package func files(isName: (String) -> Bool) -> (files: [DeliveryFile], diagnostics: [Diagnostic]) {
        var files: [DeliveryFile] = []
        var diagnostics: [Diagnostic] = []
        let names: [String]
        do throws(FileReader.Failure) {
            names = try self.names()
        } catch {
            return ([], [Diagnostic(.error, file: path, line: nil, "the folder of deliveries \(error.message)")])
        }
        for name in names {
            let file = "\(path)/\(name)\(Self.ending)"
            guard isName(name) else {
                let message =
                    "a delivery is called as its consumer: 1 to 64 letters, digits, dots, underscores and hyphens, no dot "
                    + "first; give the file another name"
                diagnostics.append(Diagnostic(.error, file: file, line: nil, message))
                continue
            }
            do throws(ConfigurationError) {
                let program = "\(path)/\(name)"
                if Self.isProgram(program) { throw Self.both(file, program) }
                files.append(try DeliveryFile(file, of: name))
            } catch {
                diagnostics += error.diagnostics
            }
        }
        return (files, diagnostics)
    }

    /// Returns the names of the files without their ending, sorted; none where there is no such folder. What begins with a dot
    /// is an editor's, and no delivery.
    package func names() throws(FileReader.Failure) -> [String] {
        guard let folder = opendir(path) else {
            if errno == ENOENT { return [] }
            throw FileReader.Failure(message: "cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasSuffix(Self.ending), !name.hasPrefix(".") else { continue }
            guard names.count < Self.mostFiles else {
                throw FileReader.Failure(message: "has more than \(Self.mostFiles) files, the most that are read")
            }
            names.append(String(name.dropLast(Self.ending.count)))
        }
        return names.sorted()
    }

    private static func both(_ file: String, _ program: String) -> ConfigurationError {
        let message =
            "the program \(program) is there as well, and which of them delivers would be a guess; remove one, or name the "
            + "program by command in the file and move it elsewhere"
        return ConfigurationError(diagnostics: [Diagnostic(.error, file: file, line: nil, message)])
    }

    /// What nobody may look at is there, so that reading it says why.
    private static func mayBeThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 || errno != ENOENT && errno != ENOTDIR
    }

    /// Whether somebody may run it; who, is for the system to say.
    private static func isProgram(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_mode & 0o111 != 0
    }
}
