// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <map>

namespace lunargate::responses {

/// A tool as the client declared it.
struct ClientTool
{
    QByteArray name;
    QByteArray nameSpace = {}; ///< empty: it stands in none
    bool isCustom = false;     ///< takes free text
};

/// The client's tools by the names of the functions that providers of other protocols get for them: these know neither
/// namespaces nor tools that take free text.
using ClientTools = std::map<QByteArray, ClientTool, std::less<>>;

/// The function's name for a tool of that namespace.
QByteArray functionName(QByteArrayView nameSpace, QByteArrayView name);

/// The tool that is called by that name; a function if the client declared none.
ClientTool calledTool(const ClientTools &tools, const QByteArray &functionName, bool isCustom);

/// The arguments of the function that stands for a custom tool: `{"input":TEXT}`.
QByteArray customArguments(QByteArrayView input);

/// The text in such arguments. What a model wrote in another form is passed on as it is.
QByteArray customInput(const QByteArray &arguments);

} // namespace lunargate::responses
