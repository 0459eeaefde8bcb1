internal import Archiving
internal import JSONText

extension ArchiveFigures {
    /// Writes the part of a status as one object.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("directory", directory)
        json.member("files", files)
        json.member("bytes", bytes)
        json.member("degraded", trouble)
        json.member("not_archived", lost)
        json.endObject()
    }

    /// Writes the metrics of an archive.
    func write(to text: inout PrometheusText) {
        text.metric("newswire_archive_files", .gauge, "Files of the archive.", Double(files))
        text.metric("newswire_archive_size_bytes", .gauge, "Size of the archive on disk.", Double(bytes))
        text.metric(
            "newswire_archive_degraded", .gauge, "Whether nothing is archived, since the disk does not take it.",
            trouble == nil ? 0 : 1)
        text.metric(
            "newswire_archive_lost_total", .counter, "Pages that were fetched and could not be archived.", Double(lost))
    }
}
