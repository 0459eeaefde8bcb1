/// A file of the configuration: how people call it, and what relative paths in it are relative to.
struct ConfigurationFile {
    /// As it stands in messages.
    var name: String
    /// Absolute.
    var path: String
    /// Absolute.
    var directory: String

    init(name: String) {
        self.name = name
        path = Path.absolute(name)
        directory = Path.directory(of: path)
    }

    /// A file that this one includes; `path` is absolute.
    func including(_ path: String) -> ConfigurationFile {
        var file = ConfigurationFile(name: path)
        // Where the first file was named relative to the working folder, so are those it includes.
        if !name.hasPrefix("/"), path.hasPrefix(directory + "/") {
            let folder = Path.directory(of: name)
            let rest = String(path.dropFirst(directory.count + 1))
            file.name = folder.isEmpty ? rest : Path.join(folder, rest)
        }
        return file
    }

    func place(_ line: Int) -> SourcePlace {
        SourcePlace(file: name, line: line)
    }
}
