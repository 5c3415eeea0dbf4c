using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>The items of one event between a record's syntax and the event's lines. What a line is worth is decided at the end, since the
/// event's currency may stand behind its items. An item with no field of a line is none.</summary>
internal sealed class LineDraft(CompiledMapping mapping)
{
    private readonly int[] _best = new int[LineFieldNames.Count];
    private readonly byte[][] _lower = [new byte[EventDraft.FieldBytesMax * 2], new byte[EventDraft.FieldBytesMax * 2]];
    private readonly List<int> _starts = [];
    private DraftEntry[] _entries = new DraftEntry[32];
    private byte[] _bytes = new byte[1024];
    private int _entryCount;
    private int _bytesUsed;
    private int _rank;
    private int _rounded;

    /// <summary>Whether the record had a list of items, an empty one included.</summary>
    public bool IsPresent => _rank >= 0;

    public void Clear()
    {
        _rank = -1;
        Forget();
    }

    /// <summary>Begins a list of items. False when one of a better name was read already.</summary>
    public bool Begin(int rank)
    {
        if (_rank >= 0 && rank >= _rank && _starts.Count > 0)
        {
            return false;
        }

        _rank = rank;
        Forget();
        return true;
    }

    public void BeginLine(DraftProblems problems)
    {
        if (_starts.Count == EventDraft.LinesMax)
        {
            problems.Add($"there are more than {EventDraft.LinesMax} items; those behind them are left out");
        }

        _starts.Add(_entryCount);
    }

    /// <summary>Adds a value of the item to the fields that are bound to its path. False when none is.</summary>
    public bool Add(ReadOnlySpan<byte> path, DraftKind kind, ReadOnlySpan<byte> value, DraftProblems problems)
    {
        var binding = mapping.FirstOfLinePath(path);
        if (binding < 0)
        {
            return false;
        }

        for (; binding >= 0; binding = mapping.Line(binding).Next)
        {
            AddEntry(binding, kind, value, problems);
        }

        return true;
    }

    /// <summary>Adds an item that is nothing but a product's id.</summary>
    public void AddProduct(ReadOnlySpan<byte> value, DraftProblems problems)
    {
        BeginLine(problems);
        for (var binding = 0; ; binding++)
        {
            if (mapping.Line(binding).Field == LineField.ProductId)
            {
                AddEntry(binding, DraftKind.Text, value, problems);
                return;
            }
        }
    }

    /// <summary>Writes the lines of an event that the batch has begun, whose own currency is known. Always null: a bad item is no
    /// reason to refuse an event.</summary>
    public string? Write(DraftProblems problems, EventBatch batch, ref StorefrontEvent e)
    {
        _rounded = 0;
        if (_rank < 0)
        {
            return null;
        }

        e.Fields |= EventFields.Items;
        for (var line = 0; line < _starts.Count && line < EventDraft.LinesMax; line++)
        {
            var end = line + 1 < _starts.Count ? _starts[line + 1] : _entryCount;
            if (Choose(_starts[line], end))
            {
                WriteLine(line, problems, batch, ref e);
            }
        }

        return null;
    }

    public int TakeRounded() => _rounded;

    private bool Choose(int start, int end)
    {
        Array.Fill(_best, -1);
        for (var i = start; i < end; i++)
        {
            ref readonly var binding = ref mapping.Line(_entries[i].Binding);
            if (mapping.RulesOf(binding.Field) is { } rules && rules.Clean(_entries[i].Value(_bytes)).IsEmpty)
            {
                continue;
            }

            ref var best = ref _best[(int)binding.Field];
            if (best < 0 || binding.Rank <= mapping.Line(_entries[best].Binding).Rank)
            {
                best = i;
            }
        }

        return Array.Exists(_best, entry => entry >= 0);
    }

    private void WriteLine(int line, DraftProblems problems, EventBatch batch, ref StorefrontEvent e)
    {
        int? quantity = null;
        var text = Text(LineField.Quantity);
        if (!text.IsEmpty)
        {
            if (MoneyReader.TryReadQuantity(text, out var read))
            {
                quantity = read;
            }
            else
            {
                problems.Add($"item {line + 1}: {DraftReasons.NotAQuantity(text)}");
            }
        }

        var price = PriceOf(line, quantity, problems, ref e);
        batch.AddLine(Text(LineField.ProductId), Text(LineField.Category), quantity, price);
    }

    private long? PriceOf(int line, int? quantity, DraftProblems problems, ref StorefrontEvent e)
    {
        var field = _best[(int)LineField.PriceMinor] >= 0 ? LineField.PriceMinor
            : _best[(int)LineField.Price] >= 0 ? LineField.Price : LineField.Amount;
        var text = Text(field);
        if (text.IsEmpty || !TryTakeCurrency(line, problems, ref e))
        {
            return null;
        }

        var isMinor = field == LineField.PriceMinor;
        var mark = _entries[_best[(int)field]].Kind == DraftKind.Number ? null : mapping.Mapping.DecimalMark;
        if (!MoneyReader.TryRead(text, isMinor ? 0 : e.Currency.MinorDigits, isMinor, mark, out var minor, out var isRounded))
        {
            problems.Add($"item {line + 1}: {DraftReasons.NotMoney(LineFieldNames.NameOf(field), text, isMinor)}");
            return null;
        }

        _rounded += isRounded ? 1 : 0;
        return field == LineField.Amount && quantity is > 1 ? (long)Math.Round((decimal)minor / quantity.Value) : minor;
    }

    // Lines are in the event's currency; an event that names none has that of its first line.
    private bool TryTakeCurrency(int line, DraftProblems problems, ref StorefrontEvent e)
    {
        var code = Text(LineField.Currency).Trim((byte)' ');
        if (code.IsEmpty)
        {
            return true;
        }

        if (!Currency.TryParse(code, out var own))
        {
            problems.Add($"item {line + 1}: {DraftReasons.NotACurrency(code)}");
            return false;
        }

        if (e.Currency.IsNone || (e.Fields & (EventFields.Price | EventFields.Total)) == 0)
        {
            e.Currency = e.Currency.IsNone || line == 0 ? own : e.Currency;
        }

        if (own != e.Currency)
        {
            problems.Add($"item {line + 1}: its price is in {own}, the event is in {e.Currency}; amounts of different currencies are not summed");
        }

        return own == e.Currency;
    }

    private ReadOnlySpan<byte> Text(LineField field)
    {
        var entry = _best[(int)field];
        if (entry < 0)
        {
            return default;
        }

        ReadOnlySpan<byte> text = _entries[entry].Value(_bytes);
        if (mapping.RulesOf(field) is not { } rules)
        {
            return text;
        }

        text = rules.Clean(text);
        // Two texts of a line are held at once: its product and its category.
        var lower = _lower[field == LineField.Category ? 1 : 0];
        return rules.Lowers && FieldRules.Lower(text, lower) is >= 0 and var length ? lower.AsSpan(0, length) : text;
    }

    private void AddEntry(int binding, DraftKind kind, ReadOnlySpan<byte> value, DraftProblems problems)
    {
        if (_starts.Count > EventDraft.LinesMax || value.IsEmpty)
        {
            return;
        }

        if (value.Length > EventDraft.FieldBytesMax || value.Length > EventDraft.LineBytesMax - _bytesUsed)
        {
            problems.Add($"the items have more than {EventDraft.LineBytesMax:N0} bytes of text, or one value of more than "
                + $"{EventDraft.FieldBytesMax:N0}; what is beyond them is left out");
            return;
        }

        if (_bytes.Length - _bytesUsed < value.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _bytesUsed + value.Length));
        }

        if (_entryCount == _entries.Length)
        {
            Array.Resize(ref _entries, _entries.Length * 2);
        }

        value.CopyTo(_bytes.AsSpan(_bytesUsed));
        _entries[_entryCount++] = new DraftEntry(binding, kind, _bytesUsed, 0, value.Length);
        _bytesUsed += value.Length;
    }

    private void Forget()
    {
        _starts.Clear();
        _entryCount = 0;
        _bytesUsed = 0;
    }
}
