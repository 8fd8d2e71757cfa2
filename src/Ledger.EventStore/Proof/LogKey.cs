using System.Security.Cryptography;
using System.Text;

namespace Ledger.EventStore;

/// <summary>
/// The key a log signs its checkpoints with, in a folder outside the database: <c>log-key.pem</c> (ECDSA P-256, readable
/// by its owner only), <c>log-key.pub</c> (what third parties check signatures with) and <c>checkpoints</c> (every
/// checkpoint this folder's programs have seen, signed). Back the folder up together with the database.
/// </summary>
public sealed class LogKey : IDisposable
{
    private const string PrivateFile = "log-key.pem";
    private const string PublicFile = "log-key.pub";
    private const byte EcdsaType = 0x02;

    private LogKey(string folder, string verifierKey, string origin, ECDsa ecdsa)
    {
        VerifierKey = verifierKey;
        Origin = origin;
        Ecdsa = ecdsa;
        CheckpointFile = Path.Combine(folder, "checkpoints");
    }

    /// <summary>What names the log in its checkpoints.</summary>
    public string Origin { get; }

    /// <summary>
    /// The public key as C2SP's signed-note writes it: <c>origin+key id in hex+base64(0x02, SubjectPublicKeyInfo)</c>.
    /// </summary>
    public string VerifierKey { get; }

    /// <summary>The file of checkpoints: signed notes, each followed by an empty line. Only ever appended to.</summary>
    public string CheckpointFile { get; }

    internal ECDsa Ecdsa { get; }

    /// <summary>Opens the key in a folder, or makes one where there is none. Several programs may do so at once.</summary>
    /// <param name="folder">Made where it is missing.</param>
    /// <param name="origin">
    /// Names the log if the key is made now, by custom like an address without its scheme (<c>example.com/ledger</c>);
    /// no spaces, no plus. A key that exists keeps its origin.
    /// </param>
    public static LogKey OpenOrCreate(string folder, string origin)
    {
        ArgumentException.ThrowIfNullOrEmpty(origin);
        if (origin.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '+'))
            throw new ArgumentException($"'{origin}' cannot name a log: it holds a space or a plus.", nameof(origin));
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, PrivateFile);
        if (!File.Exists(path))
            Create(path);
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportFromPem(File.ReadAllText(path));
        string publicPath = Path.Combine(folder, PublicFile);
        if (!File.Exists(publicPath))
            Publish(publicPath, Encode(origin, ecdsa) + "\n");
        return Open(folder);
    }

    /// <summary>Opens the key in a folder.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static LogKey Open(string folder)
    {
        string verifierKey = File.ReadAllText(Path.Combine(folder, PublicFile)).Trim();
        var ecdsa = ECDsa.Create();
        ecdsa.ImportFromPem(File.ReadAllText(Path.Combine(folder, PrivateFile)));
        string origin = verifierKey.Split('+')[0];
        if (Encode(origin, ecdsa) != verifierKey)
            throw new InvalidDataException($"{PublicFile} and {PrivateFile} in '{folder}' do not belong together.");
        return new LogKey(folder, verifierKey, origin, ecdsa);
    }

    /// <summary>Signs a text that is no checkpoint, as one of C2SP's signed notes.</summary>
    /// <param name="text">Whole lines. The first one says of what kind it is; it is not the origin, with which a checkpoint begins.</param>
    public string SignNote(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        if (text[^1] != '\n' || text.Split('\n')[0] == Origin)
            throw new ArgumentException("The text could be taken for a checkpoint, or does not end with its last line.", nameof(text));
        return Proof.Checkpoint.Sign(text, Origin, Ecdsa);
    }

    /// <summary>Of several programs that make a key at once, one succeeds, and all use its key.</summary>
    private static void Create(string path)
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Publish(path, ecdsa.ExportPkcs8PrivateKeyPem() + "\n", UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Puts a whole file in its place, durably, unless one is there.</summary>
    private static void Publish(string path, string content, UnixFileMode mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead)
    {
        string draft = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        using (var file = new FileStream(draft, options))
        {
            file.Write(Encoding.UTF8.GetBytes(content));
            file.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }

    private static string Encode(string origin, ECDsa key) => string.Join('+', origin,
        Convert.ToHexStringLower(Proof.Checkpoint.KeyId(key)),
        Convert.ToBase64String([EcdsaType, .. key.ExportSubjectPublicKeyInfo()]));

    /// <inheritdoc/>
    public void Dispose() => Ecdsa.Dispose();
}
