namespace StreamSegmenter.Connectors.Codecs.Avro.Binary;

/// <summary>Unions, enums, blocks of collections, nesting, and skipping.</summary>
internal ref partial struct AvroReader
{
    /// <summary>The position of a union's branch, within the number of its branches.</summary>
    public bool TryReadUnionIndex(int branches, out int index) => TryReadIndex(
        branches, AvroFault.UnionBranchOutOfRange, out index);

    /// <summary>The ordinal of an enum's symbol, within the number of its symbols.</summary>
    public bool TryReadEnum(int symbols, out int ordinal) => TryReadIndex(symbols, AvroFault.EnumOrdinalOutOfRange, out ordinal);

    /// <summary>
    /// The number of items in an array's or map's next block; 0 ends the collection. The count is checked against the bytes
    /// that remain, so a loop over it is bounded by the input.
    /// </summary>
    /// <param name="itemBytesMin">Fewest bytes that an item takes (a map's item: its key and its value).</param>
    /// <param name="count">The number of items.</param>
    public bool TryReadBlockCount(int itemBytesMin, out int count)
    {
        int start = _position;
        count = 0;
        if (!TryReadBlockHeader(out long items, out _))
        {
            return false;
        }

        if (itemBytesMin == 0)
        {
            if (items > int.MaxValue || !TryTakeFreeSteps(items))
            {
                return Fail(AvroFault.WorkExceedsInput, start);
            }
        }
        else if (items > Remaining / itemBytesMin)
        {
            return Fail(AvroFault.CountExceedsInput, start);
        }

        count = (int)items;
        return true;
    }

    /// <summary>As <see cref="TryReadBlockCount"/>; when the block states its size, it is skipped and the next one
    /// read.</summary>
    public bool TrySkipToUnsizedBlock(int itemBytesMin, out int count)
    {
        while (true)
        {
            int start = _position;
            if (!TryReadBlockHeader(out _, out long sizeBytes))
            {
                count = 0;
                return false;
            }

            if (sizeBytes < 0)
            {
                _position = start;
                return TryReadBlockCount(itemBytesMin, out count);
            }

            _position += (int)sizeBytes;
        }
    }

    /// <summary>Goes one level deeper; paired with <see cref="Leave"/> on success.</summary>
    public bool TryEnter() => ++_depth <= AvroLimits.NestingMax || Fail(AvroFault.NestedTooDeep, _position);

    public void Leave() => _depth--;

    public bool TrySkipLong() => TryReadLong(out _);

    public bool TrySkipBytes() => TryReadBytes(out _);

    public bool TrySkipFixed(int sizeBytes) => TryReadFixed(sizeBytes, out _);

    /// <summary>Work that the input does not pay for is paid from a purse that grows with the input.</summary>
    internal bool TryTakeFreeSteps(long steps)
    {
        if (steps > _freeSteps)
        {
            return Fail(AvroFault.WorkExceedsInput, _position);
        }

        _freeSteps -= steps;
        return true;
    }

    /// <param name="items">Items in the block, not negative.</param>
    /// <param name="sizeBytes">The size that the block states, within what remains; −1 when it states none.</param>
    private bool TryReadBlockHeader(out long items, out long sizeBytes)
    {
        int start = _position;
        sizeBytes = -1;
        if (!TryReadLong(out items))
        {
            return false;
        }

        if (items >= 0)
        {
            return true;
        }

        if (items == long.MinValue)
        {
            return Fail(AvroFault.CountExceedsInput, start);
        }

        items = -items;
        int sizeStart = _position;
        if (!TryReadLong(out sizeBytes))
        {
            return false;
        }

        return (sizeBytes >= 0 && sizeBytes <= Remaining)
            || Fail(sizeBytes < 0 ? AvroFault.LengthNegative : AvroFault.LengthExceedsInput, sizeStart);
    }

    private bool TryReadIndex(int count, AvroFault fault, out int index)
    {
        int start = _position;
        if (!TryReadLong(out long wide))
        {
            index = 0;
            return false;
        }

        if (wide < 0 || wide >= count)
        {
            index = 0;
            return Fail(fault, start);
        }

        index = (int)wide;
        return true;
    }
}
