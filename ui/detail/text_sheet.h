// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/detail/text_block.h"

#include <QPlainTextEdit>

namespace lunargate::ui {

/// Shows blocks of plain text to read, select and copy.
class TextSheet : public QPlainTextEdit
{
    Q_OBJECT

public:
    /// What is longer is cut, and says so: a view that takes seconds to open helps nobody.
    static constexpr qsizetype kMostCharacters = 512 * 1024;

    explicit TextSheet(QWidget *parent = nullptr);

    void setBlocks(TextBlocks blocks);

protected:
    void changeEvent(QEvent *event) override;

private:
    void render();

    TextBlocks m_blocks;
};

} // namespace lunargate::ui
