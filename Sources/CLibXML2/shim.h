// libxml2 for Swift. Headers of 2.9.14 to 2.15 are accepted: no field of a parser context is touched.
#pragma once
#include <libxml/xmlversion.h>
// Debian's xmlversion.h says ICU is on and then needs ICU's headers, which nothing here uses.
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <libxml/encoding.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <libxml/catalog.h>

// Answers every request for an external entity with nothing.
static inline xmlParserInputPtr newswire_no_entity(const char *url, const char *id, xmlParserCtxtPtr context) {
    (void)url; (void)id; (void)context;
    return NULL;
}

// Once in a process, before the first document: nothing is ever loaded from a file or a network (security.md §6).
static inline void newswire_xml_initialize(void) {
    xmlInitParser();
    xmlSetExternalEntityLoader(newswire_no_entity);
    xmlCatalogSetDefaults(XML_CATA_ALLOW_NONE);
}
