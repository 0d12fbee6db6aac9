// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/simulator/schema_rows.h"

namespace lunargate::simulator {

namespace {

constexpr SchemaRow kSchemas[] = {
    {"nothing said", R"({})", R"({})"},
    {"string", R"({"type":"string"})", R"("sample value")"},
    {"integer", R"({"type":"integer"})", "1"},
    {"number", R"({"type":"number"})", "1"},
    {"boolean", R"({"type":"boolean"})", "true"},
    {"null", R"({"type":"null"})", "null"},
    {"nullable by type list", R"({"type":["null","integer"]})", "1"},
    {"nullable by anyOf", R"({"anyOf":[{"type":"null"},{"type":"boolean"}]})", "true"},
    {"constant", R"({"const":{"a":[1,"x"]}})", R"({"a":[1,"x"]})"},
    {"constant null", R"({"const":null})", "null"},
    {"enum", R"({"type":"string","enum":["celsius","kelvin"]})", R"("celsius")"},
    {"default", R"({"type":"integer","default":7})", "7"},
    {"only the required", R"({"type":"object","required":["b"],
            "properties":{"a":{"type":"string"},"b":{"type":"integer"}}})",
     R"({"b":1})"},
    {"all if nothing is required", R"({"properties":{"city":{"type":"string"},"days":{"type":"integer"}}})",
     R"({"city":"sample city","days":1})"},
    {"required without a property", R"({"type":"object","required":["x"]})", R"({"x":"sample x"})"},
    {"required from additionalProperties",
     R"({"type":"object","required":["x"],"additionalProperties":{"type":"integer"}})", R"({"x":1})"},
    {"nested objects",
     R"({"type":"object","required":["o"],"properties":{"o":{"required":["p"],"properties":{"p":{"type":"boolean"}}}}})",
     R"({"o":{"p":true}})"},
    {"array", R"({"type":"array","items":{"type":"integer"}})", "[1]"},
    {"array of anything", R"({"type":"array"})", "[]"},
    {"minItems", R"({"type":"array","items":{"type":"boolean"},"minItems":3})", "[true,true,true]"},
    {"maxItems", R"({"type":"array","items":{"type":"boolean"},"maxItems":0})", "[]"},
    {"unique enum items", R"({"type":"array","items":{"enum":["a","b","c"]},"minItems":2,"uniqueItems":true})",
     R"(["a","b"])"},
    {"unique strings", R"({"type":"array","items":{"type":"string"},"minItems":2,"uniqueItems":true})",
     R"(["sample value","sample value 2"])"},
    {"tuple", R"({"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}]})", R"([1,"sample value"])"},
    {"minimum", R"({"type":"integer","minimum":5})", "5"},
    {"fractional minimum of an integer", R"({"type":"integer","minimum":4.2})", "5"},
    {"exclusive minimum", R"({"type":"integer","exclusiveMinimum":5})", "6"},
    {"maximum", R"({"type":"integer","maximum":-3})", "-3"},
    {"exclusive maximum", R"({"type":"integer","exclusiveMaximum":-3})", "-4"},
    {"maximum of zero", R"({"type":"integer","maximum":0})", "0"},
    {"multiple", R"({"type":"integer","multipleOf":5,"minimum":11})", "15"},
    {"negative multiple", R"({"type":"integer","multipleOf":5,"maximum":-1})", "-5"},
    {"number between", R"({"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1})", "0.5"},
    {"unique numbers", R"({"type":"array","items":{"type":"integer","minimum":3},"minItems":3,"uniqueItems":true})",
     "[3,4,5]"},
    {"minLength", R"({"type":"string","minLength":15})", R"("sample value...")"},
    {"maxLength", R"({"type":"string","maxLength":6})", R"("sample")"},
    {"maxLength counts characters", R"({"properties":{"größe":{"type":"string","maxLength":9}}})",
     R"({"größe":"sample gr"})"},
    {"minLength counts characters", R"({"properties":{"ää":{"type":"string","minLength":11}}})",
     R"({"ää":"sample ää.."})"},
    {"date", R"({"type":"string","format":"date"})", R"("2025-01-01")"},
    {"email", R"({"type":"string","format":"email"})", R"("user@example.com")"},
    {"unknown format", R"({"type":"string","format":"colour"})", R"("sample value")"},
    {"reference", R"({"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"type":"integer"}}})", "1"},
    {"escaped reference", R"({"$ref":"#/$defs/a~1b%20c","$defs":{"a/b c":{"type":"boolean"}}})", "true"},
    {"allOf", R"({"allOf":[{"properties":{"a":{"type":"integer"}},"required":["a"]},
            {"properties":{"b":{"type":"boolean"}},"required":["b"]}]})",
     R"({"a":1,"b":true})"},
    {"oneOf", R"({"oneOf":[{"type":"integer"},{"type":"string"}]})", "1"},
    {"name that needs escapes", "{\"properties\":{\"a\\\"b\":{\"type\":\"integer\"}}}", "{\"a\\\"b\":1}"},
};

constexpr SchemaRow kEndlessSchemas[] = {
    {"list of itself",
     R"({"type":"object","required":["children"],"properties":{"children":{"type":"array","items":{"$ref":"#"}}}})",
     ""},
    {"nullable next",
     R"({"type":"object","required":["next"],"properties":{"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}}})", ""},
    {"optional self", R"({"type":"object","properties":{"self":{"$ref":"#"}}})", ""},
    {"requires itself twice",
     R"({"type":"object","required":["a","b"],"properties":{"a":{"$ref":"#"},"b":{"$ref":"#"}}})", ""},
    {"reference to itself", R"({"$ref":"#"})", ""},
    {"allOf of itself", R"({"allOf":[{"$ref":"#"},{"$ref":"#"}]})", ""},
    {"allOf of itself many times", R"({"allOf":[{"$ref":"#"},{"$ref":"#"},{"$ref":"#"},{"$ref":"#"},{"$ref":"#"}]})",
     ""},
    {"huge arrays",
     R"({"type":"array","minItems":1000000,"items":{"type":"array","minItems":1000000,"items":{"type":"integer"}}})",
     ""},
    {"huge string", R"({"type":"string","minLength":1000000000000})", ""},
    {"reference to nowhere", R"({"$ref":"#/nowhere"})", ""},
    {"foreign reference", R"({"$ref":"urn:example:schema"})", ""},
};

} // namespace

std::span<const SchemaRow> schemaRows()
{
    return kSchemas;
}

std::span<const SchemaRow> endlessSchemaRows()
{
    return kEndlessSchemas;
}

} // namespace lunargate::simulator
