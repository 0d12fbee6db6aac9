// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/json/members.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace lunargate::passthrough {

/// Finds one field of a form (multipart/form-data, RFC 7578) while it comes, at any split, and holds no more of it than
/// that takes.
class FormFieldFinder
{
public:
    struct Field
    {
        QByteArray value;
        json::Range place; ///< of the value, counted from the form's first byte
    };

    /// Looks for the field `name`. `boundary`: see boundaryOf() in form_headers.h.
    FormFieldFinder(const QByteArray &boundary, QByteArray name);

    /// The next bytes. Fails with InvalidRequest: `invalid_form`, also for what others may read differently; or
    /// `duplicate_key` if the field is there twice, which could mean one value here and the other at the provider.
    Result<void> feed(QByteArrayView bytes);
    /// Nothing follows. Fails with InvalidRequest (`invalid_form`) if the form has not ended.
    Result<void> finish() const;

    /// As soon as all of its value came.
    const std::optional<Field> &field() const { return m_field; }
    /// The form's end came; what follows is nobody's.
    bool hasEnded() const { return m_state == State::LastDelimiter || m_state == State::Ended; }

private:
    enum class State { Content, Delimiter, LastDelimiter, Headers, PartBegin, Value, Ended };

    Result<bool> step();
    Result<qsizetype> findDelimiter() const;
    Result<bool> skipContent();
    Result<bool> readDelimiter();
    Result<bool> readLastDelimiter();
    Result<bool> readHeaders();
    Result<bool> readPartBegin();
    Result<bool> readValue();
    Result<bool> skipEpilogue();
    void drop(qsizetype bytes);

    const QByteArray m_delimiter;
    const QByteArray m_name;
    State m_state = State::Content;
    bool m_isWanted = false;       // the part whose headers were read last
    QByteArray m_pending = "\r\n"; // what was not understood yet; the first delimiter begins no line
    qint64 m_offset = -2;          // of m_pending in the form
    std::optional<Field> m_field;
};

} // namespace lunargate::passthrough
