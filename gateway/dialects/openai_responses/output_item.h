// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/openai_responses/client_tools.h"

#include <QByteArray>
#include <QByteArrayView>

#include <vector>

// The items of a response's output, as JSON (OpenAI API reference, "The response object").
namespace lunargate::responses {

inline constexpr QByteArrayView kInProgress = "in_progress";
inline constexpr QByteArrayView kCompleted = "completed";
inline constexpr QByteArrayView kIncomplete = "incomplete";

/// A content part; `annotations` are JSON objects.
QByteArray textPart(QByteArrayView text, const std::vector<QByteArray> &annotations = {});
QByteArray refusalPart(QByteArrayView refusal);
/// A part of a reasoning item's `summary`.
QByteArray summaryPart(QByteArrayView text);

/// `parts` are JSON objects, as those above.
QByteArray messageItem(const QByteArray &id, QByteArrayView status, const std::vector<QByteArray> &parts);

/// `summary`: such a part, or empty; `encryptedContent`: empty for none.
QByteArray reasoningItem(const QByteArray &id, const QByteArray &summary, const QByteArray &encryptedContent);

/// A call of `tool`; `arguments` of a custom tool are its input.
QByteArray callItem(const QByteArray &id, QByteArrayView status, const QByteArray &callId, const ClientTool &tool,
                    QByteArrayView arguments);

/// How the id of a call of `tool` begins.
QByteArrayView callIdKind(const ClientTool &tool);

/// An annotation in this protocol's form, for one in chat's: `{"type":"url_citation","url_citation":{…}}` there.
QByteArray flatAnnotation(const QByteArray &annotation);

} // namespace lunargate::responses
