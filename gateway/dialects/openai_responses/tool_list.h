// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/openai_responses/client_tools.h"
#include "gateway/dialects/openai_responses/translation.h"
#include "gateway/json/document.h"
#include "gateway/json/document_writer.h"

namespace lunargate::responses {

/// Writes a tool of type `function` in chat's form.
void writeFunctionTool(json::DocumentWriter &json, json::Value tool, QByteArrayView name);

/// Writes a tool of type `custom` as a function with a text `input`.
void writeCustomTool(json::DocumentWriter &json, json::Value tool, QByteArrayView name);

/// Writes what names a function in chat's `tool_choice`.
void writeToolReference(json::DocumentWriter &json, QByteArrayView name);

/// Translates tools and the choice among them to chat's form. Custom tools and tools in namespaces become functions,
/// which `tools` tells again from each other. Tools that the provider itself would run are left out where agents offer
/// them to every model, and else keep providers of other protocols from being asked.
class ToolList
{
public:
    explicit ToolList(Translation &translation) : m_translation(translation) {}

    /// Adds the tools of a list; `place` is the list's, for example `tools`.
    void add(json::Value list, const QByteArray &place);

    /// Writes the members `tools`, `tool_choice` and `parallel_tool_calls`, as far as they say something.
    void write(json::DocumentWriter &json, json::Value choice, json::Value parallel);

    ClientTools takeTools() { return std::move(m_tools); }

private:
    void addTool(json::Value tool, const QByteArray &place);
    void addNamespace(json::Value tool, const QByteArray &place);
    void addFunction(json::Value tool, QByteArrayView nameSpace, const QByteArray &place);
    void addCustom(json::Value tool, QByteArrayView nameSpace, const QByteArray &place);
    void addHosted(json::Value tool, const QByteArray &place);
    bool note(json::Value tool, QByteArrayView nameSpace, bool isCustom, const QByteArray &place);
    void writeChoice(json::DocumentWriter &json, json::Value choice);
    void writeAllowed(json::DocumentWriter &json, json::Value choice);
    bool writeReference(json::DocumentWriter &json, json::Value tool);

    Translation &m_translation;
    ClientTools m_tools;
    json::DocumentWriter m_json;
    bool m_isEmpty = true;
};

} // namespace lunargate::responses
