extension MarkupRepair.Findings {
    /// One sentence for each kind of thing that was mended.
    var warnings: [String] {
        var warnings: [String] = []
        func note(_ count: Int, _ what: String) {
            if count > 0 { warnings.append("\(what) (\(count)).") }
        }
        if junkBefore { warnings.append("There was something before the document that does not belong to it.") }
        if junkAfter { warnings.append("There was something after the document's end.") }
        if declaresEntities { warnings.append("The document declares entities; they were not used.") }
        note(bareAmpersands, "Ampersands that begin no reference were taken as they are")
        note(unknownEntities, "References to unknown entities were taken as text")
        note(forbiddenReferences, "References to characters that XML forbids were left out")
        note(byteReferences, "References to single bytes of UTF-8 were joined to characters")
        note(literalAngles, "Angle brackets that begin no tag were taken as text")
        note(mendedTags, "Tags that are not well-formed were mended")
        note(crossedTags, "End tags were missing or in the wrong order")
        note(deepElements, "Elements that are nested too deeply were passed over")
        note(oversizedTags, "Tags without an end were taken as text")
        return warnings
    }
}
