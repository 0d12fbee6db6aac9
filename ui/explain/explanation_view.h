// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/explanation_outline.h"

#include <QScrollArea>

namespace lunargate::ui {

/// An explanation in cards, a row for each thing that was looked at; signs show the way that the request goes.
class ExplanationView : public QScrollArea
{
    Q_OBJECT

public:
    explicit ExplanationView(QWidget *parent = nullptr);

    /// In place of all that is shown. `body`: what would be sent, shown below it; empty: nothing.
    void setOutline(const std::vector<OutlineSection> &sections, const QByteArray &body);
    void clear();

protected:
    void changeEvent(QEvent *event) override;

private:
    void paintSigns();
};

} // namespace lunargate::ui
