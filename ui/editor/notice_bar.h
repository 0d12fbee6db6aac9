// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/icons.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>

#include <functional>
#include <vector>

namespace lunargate::ui {

/// Says something above a view, with what can be done about it. Invisible while there is nothing to say.
class NoticeBar : public QFrame
{
    Q_OBJECT

public:
    struct Choice
    {
        QString text;
        std::function<void()> run;
    };
    struct Notice
    {
        Tone tone = Tone::Muted;
        QString title;
        QString text = {}; ///< plain; may be empty
        std::vector<Choice> choices = {};
    };

    explicit NoticeBar(QWidget *parent = nullptr);

    /// In the place of what was said before. The user can close it.
    void say(const Notice &notice);
    QString title() const { return m_title->text(); }
    QString text() const { return m_text->text(); }

protected:
    void changeEvent(QEvent *event) override;

private:
    void showSign();

    Tone m_tone = Tone::Muted;
    QLabel *m_sign;
    QLabel *m_title;
    QLabel *m_text;
    QHBoxLayout *m_buttons;
};

} // namespace lunargate::ui
