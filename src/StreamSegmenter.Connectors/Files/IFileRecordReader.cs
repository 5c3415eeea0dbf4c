namespace StreamSegmenter.Connectors.Files;

/// <summary>Walks the records of one file: the lines of a text, the data of a container. One thread, forward only.</summary>
internal interface IFileRecordReader : IDisposable
{
    /// <summary>The record's place: its first line, or its ordinal in a container; both count from 1.</summary>
    long Number { get; }

    /// <summary>The record's bytes; valid until the next <see cref="Read"/>. Only its beginning where <see cref="Fault"/> reports that
    /// it cannot be taken.</summary>
    ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Why this record cannot be read; null for a valid one. The reader continues behind it.</summary>
    string? Fault { get; }

    /// <summary>Moves to the next record; false at the end of the file.</summary>
    /// <exception cref="IOException">The file cannot be read on.</exception>
    /// <exception cref="InvalidDataException">The file is damaged in a way that leaves no next record.</exception>
    bool Read();
}
