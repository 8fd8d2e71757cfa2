using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.EventStore.Proof;

/// <summary>The root of the tree at a size, as C2SP's tlog-checkpoint writes it into a signed note.</summary>
internal sealed record Checkpoint(string Origin, long Size, byte[] Root)
{
    private const string SignatureLine = "— ";

    /// <summary>The text that is signed.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root)}\n");

    /// <summary>The signed note. The signature's type is 0x02, ECDSA in DER; its key id is a hash of the public key alone.</summary>
    public string Sign(ECDsa key) => Sign(Text, Origin, key);

    /// <summary>Any text, as a note that is signed so.</summary>
    public static string Sign(string text, string origin, ECDsa key)
    {
        byte[] signature = key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return $"{text}\n{SignatureLine}{origin} {Convert.ToBase64String([.. KeyId(key), .. signature])}\n";
    }

    /// <summary>Reads a signed note. False if it is no checkpoint of this origin, or not signed with this key.</summary>
    public static bool TryVerify(string note, string origin, ECDsa key, [NotNullWhen(true)] out Checkpoint? checkpoint)
    {
        checkpoint = null;
        int end = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0)
            return false;
        string[] lines = note[..end].Split('\n');
        if (lines.Length != 3 || lines[0] != origin
            || !long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out long size))
            return false;
        var root = new byte[Merkle.HashSize];
        if (!Convert.TryFromBase64String(lines[2], root, out int bytes) || bytes != Merkle.HashSize)
            return false;
        var read = new Checkpoint(origin, size, root);
        byte[] text = Encoding.UTF8.GetBytes(note[..(end + 1)]);
        string prefix = $"{SignatureLine}{origin} ";
        foreach (string line in note[(end + 2)..].Split('\n'))
        {
            if (line.StartsWith(prefix, StringComparison.Ordinal) && IsSigned(text, line[prefix.Length..], key))
            {
                checkpoint = read;
                return true;
            }
        }
        return false;
    }

    /// <summary>The first four bytes of the SHA-256 of the public key in DER, as the type prescribes.</summary>
    public static byte[] KeyId(ECDsa key) => SHA256.HashData(key.ExportSubjectPublicKeyInfo())[..4];

    private static bool IsSigned(byte[] text, string base64, ECDsa key)
    {
        var signature = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, signature, out int length)
            && length > 4
            && signature.AsSpan(0, 4).SequenceEqual(KeyId(key))
            && key.VerifyData(text, signature.AsSpan(4, length - 4), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
