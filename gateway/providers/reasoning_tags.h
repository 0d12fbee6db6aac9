// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace lunargate {

/// Takes apart what a model writes that thinks aloud: `<think>…</think>` at the beginning of its text, then the answer.
/// Fed with pieces of any size. Tags further on are left alone: there they are what the answer talks about.
class ReasoningTagSplitter
{
public:
    struct Split
    {
        QByteArray reasoning;
        QByteArray text;

        bool operator==(const Split &) const = default;
    };

    /// What the piece, with what was held back before, adds to each.
    Split feed(QByteArrayView piece);
    /// What was held back because it could have become a tag.
    Split finish();

private:
    enum class State { Start, Inside, AfterTag, Outside };

    State m_state = State::Start;
    QByteArray m_held;
};

} // namespace lunargate
