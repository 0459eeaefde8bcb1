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
