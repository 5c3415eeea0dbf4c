using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Tests.Checkpoints;

/// <summary>A disk under a customer store that does what disks do. Thread-safe.</summary>
internal sealed class BadDisk
{
    private int _reads;

    /// <summary>Every write fails as on a full disk.</summary>
    public volatile bool IsFull;

    /// <summary>From that read on, this many reads fail.</summary>
    public (int From, int Count) FailingReads { get; init; } = (int.MaxValue, 0);

    /// <summary>Before that read, what it is about to read is damaged on the disk.</summary>
    public int DamagedRead { get; init; } = int.MaxValue;

    /// <summary>How: gets what it is about to read.</summary>
    public Action<byte[]> Damage { get; init; } = bytes => bytes[bytes.Length / 2] ^= 0x10;

    /// <summary>That read ends early.</summary>
    public int ShortRead { get; init; } = int.MaxValue;

    /// <summary>Shorter reads are neither counted nor harmed: those of single records, say.</summary>
    public int CountedBytesMin { get; init; }

    /// <summary>Longer ones neither: those of whole pages.</summary>
    public int CountedBytesMax { get; init; } = int.MaxValue;

    public int Reads => _reads;

    public ISpillFile Create(string path) => new BadFile(this, SpillFile.Create(path));

    private sealed class BadFile(BadDisk disk, ISpillFile file) : ISpillFile
    {
        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            if (disk.IsFull)
            {
                // Some of it may well have been written.
                file.Write(bytes[..(bytes.Length / 3)], offset);
                throw new IOException("No space left on device");
            }

            file.Write(bytes, offset);
        }

        public int Read(Span<byte> bytes, long offset)
        {
            if (bytes.Length < disk.CountedBytesMin || bytes.Length > disk.CountedBytesMax)
            {
                return file.Read(bytes, offset);
            }

            var number = Interlocked.Increment(ref disk._reads);
            if (number >= disk.FailingReads.From && number - disk.FailingReads.From < disk.FailingReads.Count)
            {
                throw new IOException("Input/output error");
            }

            if (number == disk.DamagedRead)
            {
                var there = new byte[bytes.Length];
                file.Read(there, offset);
                disk.Damage(there);
                file.Write(there, offset);
            }

            return number == disk.ShortRead || number - 1 == disk.ShortRead ? file.Read(bytes[..^100], offset) : file.Read(bytes, offset);
        }

        public void Dispose() => file.Dispose();
    }
}
