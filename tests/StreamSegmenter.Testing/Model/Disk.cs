using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Testing.Model;

/// <summary>The disk of a machine, as far as checkpoints go. What was synced outlives a power failure, of the rest as much as chance
/// will; it may be full, and what lies on it may rot.</summary>
internal sealed class Disk(World world)
{
    private readonly SortedDictionary<string, DiskFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SimulatedLane> _owners = [];

    /// <summary>Makes a lane the owner of a directory, unless another living lane has it.</summary>
    public bool TryOwn(string directory, SimulatedLane lane)
    {
        if (_owners.TryGetValue(directory, out var owner) && !owner.Process.IsDead)
        {
            return false;
        }

        _owners[directory] = lane;
        return true;
    }

    public void Leave(string directory, SimulatedLane lane)
    {
        if (_owners.GetValueOrDefault(directory) == lane)
        {
            _owners.Remove(directory);
        }
    }

    public IReadOnlyList<string> List(string directory) =>
        [.. _files.Keys.Where(path => Path.GetDirectoryName(path) == directory)];

    /// <summary>Perhaps there is not room for all of it.</summary>
    public DiskFile Create(string path)
    {
        var isFull = world.IsStormy && world.Dice.Falls(Concern.Disk, world.Weather.DiskFullShare);
        return _files[path] = new DiskFile { RoomBytes = isFull ? world.Dice[Concern.Disk].Next(4096) : long.MaxValue };
    }

    public DiskFile Open(string path) =>
        _files.TryGetValue(path, out var file) ? file : throw new FileNotFoundException($"'{path}' is not there", path);

    public void Rename(string from, string to)
    {
        _files[to] = Open(from);
        _files.Remove(from);
    }

    public void Delete(string path) => _files.Remove(path);

    /// <summary>The machine has no power any more: what nobody synced is there in part, and in part zeroes stand for it.</summary>
    public void LosePower()
    {
        var random = world.Dice[Concern.Disk];
        foreach (var file in _files.Values.Where(file => file.Length > file.SyncedBytes))
        {
            var unsynced = (int)(file.Length - file.SyncedBytes);
            file.SetLength(file.SyncedBytes + random.Next(unsynced + 1));
            var zeroes = random.Next((int)(file.Length - file.SyncedBytes) + 1);
            Array.Clear(file.GetBuffer(), (int)file.Length - zeroes, zeroes);
        }
    }

    /// <summary>Some byte of some file is not any more what was written, or the file has become shorter.</summary>
    public void Rot()
    {
        var random = world.Dice[Concern.Disk];
        if (_files.Count == 0)
        {
            return;
        }

        var (path, file) = _files.ElementAt(random.Next(_files.Count));
        var at = random.Next((int)file.Length + 1);
        if (at == file.Length || random.Next(4) == 0)
        {
            file.SetLength(at);
        }
        else
        {
            file.GetBuffer()[at] ^= (byte)(1 << random.Next(8));
        }

        world.Trace?.Say($"{path} rots at byte {at}");
    }
}

/// <summary>A file: its bytes, and how many of them are safe.</summary>
internal sealed class DiskFile : MemoryStream
{
    public long SyncedBytes { get; set; }

    public long RoomBytes { get; init; }

    // A write of a span comes here too.
    public override void Write(byte[] buffer, int offset, int count)
    {
        var fits = (int)Math.Min(count, RoomBytes - Length);
        base.Write(buffer, offset, fits);
        if (fits < count)
        {
            throw new IOException("No space left on device");
        }
    }

    // Whoever closes it leaves it on the disk.
    protected override void Dispose(bool disposing)
    {
    }
}
