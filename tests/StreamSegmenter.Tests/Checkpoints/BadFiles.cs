using StreamSegmenter.Engine.Checkpoints;

namespace StreamSegmenter.Tests.Checkpoints;

/// <summary>What a bad file system does to one checkpoint.</summary>
internal enum Mishap
{
    None,

    /// <summary>The write of that byte fails.</summary>
    WriteFails,

    /// <summary>It says that it wrote, but from that byte on nothing is there.</summary>
    WritesShort,

    /// <summary>That byte arrives with a wrong bit.</summary>
    FlipsBit,

    /// <summary>From that byte on there are zeroes.</summary>
    WritesZeroes,

    SyncFails,

    RenameFails,

    /// <summary>It says that it renamed.</summary>
    RenameIsForgotten,

    ReadingBackFails,

    /// <summary>Does not come back from the write of that byte before it is released.</summary>
    Hangs,
}

/// <summary>The real file system, with one mishap at one byte, counted over all files written.</summary>
internal sealed class BadFiles : ICheckpointFiles
{
    private readonly DiskFiles _files = new();
    private long _written;

    public Mishap Mishap { get; set; }

    public long AtByte { get; set; }

    public ManualResetEventSlim Release { get; } = new();

    public long Written => _written;

    public void Begin(Mishap mishap, long atByte)
    {
        (Mishap, AtByte, _written) = (mishap, atByte, 0);
        Release.Reset();
    }

    public TaskScheduler Writers => _files.Writers;

    public IDisposable? TryLock(string directory) => _files.TryLock(directory);

    public IReadOnlyList<string> List(string directory) => _files.List(directory);

    public Stream Create(string path) => new BadStream(this, _files.Create(path));

    public Stream OpenRead(string path) =>
        Mishap == Mishap.ReadingBackFails && path.EndsWith(".checkpoint", StringComparison.Ordinal) && _written > 0
            ? throw new IOException("Input/output error") : _files.OpenRead(path);

    public void Sync(Stream file)
    {
        _files.Sync(((BadStream)file).Inner);
        if (Mishap == Mishap.SyncFails)
        {
            throw new IOException("Input/output error");
        }
    }

    public void Rename(string from, string to)
    {
        switch (Mishap)
        {
            case Mishap.RenameFails:
                throw new IOException("Read-only file system");
            case Mishap.RenameIsForgotten:
                break;
            default:
                _files.Rename(from, to);
                break;
        }
    }

    public void Delete(string path) => _files.Delete(path);

    private void Write(Stream inner, ReadOnlySpan<byte> bytes)
    {
        var at = (int)Math.Clamp(AtByte - _written, 0, bytes.Length);
        _written += bytes.Length;
        var isHit = at < bytes.Length;
        switch (Mishap)
        {
            case Mishap.WriteFails when isHit:
                inner.Write(bytes[..at]);
                throw new IOException("No space left on device");
            case Mishap.WritesShort when isHit:
                inner.Write(bytes[..at]);
                return;
            case Mishap.FlipsBit when isHit && _written - bytes.Length <= AtByte:
                var flipped = bytes.ToArray();
                flipped[at] ^= 64;
                inner.Write(flipped);
                return;
            case Mishap.WritesZeroes when isHit:
                inner.Write(bytes[..at]);
                inner.Write(new byte[bytes.Length - at]);
                return;
            case Mishap.Hangs when isHit:
                Release.Wait();
                throw new IOException("Input/output error");
            default:
                inner.Write(bytes);
                return;
        }
    }

    private sealed class BadStream(BadFiles files, Stream inner) : Stream
    {
        public Stream Inner => inner;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => files.Write(inner, buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => files.Write(inner, buffer);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
