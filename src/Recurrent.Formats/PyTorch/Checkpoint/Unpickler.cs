using System.Numerics;

namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>
/// Reads a pickle: tensors, numbers and text in lists and dictionaries. Classes and functions are names. What tensors are
/// made of is known here; any other object stays what the file says of it, as data. Nothing is ever looked up or called, and
/// a name that no model needs, because it would run something, is refused.
/// </summary>
internal sealed class Unpickler
{
    // Protocol 2 is what torch.save writes, 5 the newest there is.
    private const int MaxProtocol = 5;
    private const int StopCode = '.';

    // An empty list or dictionary; a tensor with its sizes and strides, or a dictionary of few items.
    private const int ContainerBytes = 64;
    private const int ResultBytes = 192;

    private readonly PickleReader _reader;
    private readonly PickleStack _stack;
    private readonly List<TorchStorage> _storages = [];

    private Unpickler(PickleReader reader)
    {
        _reader = reader;
        _stack = new PickleStack(reader.Budget);
    }

    /// <summary>Reads one pickle.</summary>
    /// <param name="reader">Its bytes; it is left behind the end of the pickle.</param>
    /// <param name="name">What the file calls it, for messages.</param>
    public static object? Read(PickleReader reader, string name) => Read(reader, name, out _);

    /// <summary>Reads one pickle.</summary>
    /// <param name="reader">Its bytes; it is left behind the end of the pickle.</param>
    /// <param name="name">What the file calls it, for messages.</param>
    /// <param name="storages">The storages that it names, as often as it does.</param>
    public static object? Read(PickleReader reader, string name, out IReadOnlyList<TorchStorage> storages)
    {
        var unpickler = new Unpickler(reader);
        long offset = reader.Position;
        try
        {
            int code = reader.ReadByte();
            while (code != StopCode)
            {
                unpickler.Execute(code);
                offset = reader.Position;
                code = reader.ReadByte();
            }

            storages = unpickler._storages;
            return unpickler._stack.Pop();
        }
        catch (ModelFormatException e)
        {
            throw new ModelFormatException($"{name}, byte {offset}: {e.Message}", e);
        }
    }

    private void Execute(int code)
    {
        if (!ExecuteStructure(code) && !ExecuteScalar(code) && !ExecuteContainer(code))
        {
            throw new ModelFormatException(
                $"operation 0x{code:x2} of pickles is not one that models need, and is refused.");
        }
    }

    private bool ExecuteStructure(int code)
    {
        switch (code)
        {
            case 0x80: // PROTO
                RequireProtocol(_reader.ReadByte());
                break;
            case 0x95: // FRAME
                _reader.ReadInt64();
                break;
            case '(': // MARK
                _stack.Mark();
                break;
            case 'q': // BINPUT
                _stack.Memoize(_reader.ReadByte());
                break;
            case 'r': // LONG_BINPUT
                _stack.Memoize((uint)_reader.ReadInt32());
                break;
            case 0x94: // MEMOIZE
                _stack.Memoize();
                break;
            case 'h': // BINGET
                _stack.Push(_stack.Recall(_reader.ReadByte()));
                break;
            case 'j': // LONG_BINGET
                _stack.Push(_stack.Recall((uint)_reader.ReadInt32()));
                break;
            case 'c': // GLOBAL
                PushGlobal(_reader.ReadLine(), _reader.ReadLine());
                break;
            case 0x93: // STACK_GLOBAL
                object?[] names = _stack.Pop(2);
                PushGlobal(PickleCalls.Text(names[0]), PickleCalls.Text(names[1]));
                break;
            case 'Q': // BINPERSID
                PushPersistent(_stack.Pop());
                break;
            case 'R': // REDUCE
                object?[] call = _stack.Pop(2);
                _stack.Push(PickleCalls.Reduce(call[0], call[1]), ResultBytes);
                break;
            case 0x81: // NEWOBJ
                object?[] made = _stack.Pop(2);
                _stack.Push(PickleCalls.Object(made[0], PickleCalls.Arguments(made[1])), ResultBytes);
                break;
            case 0x92: // NEWOBJ_EX
                object?[] named = _stack.Pop(3);
                _stack.Push(PickleCalls.Object(named[0], PickleCalls.Arguments(named[1])), ResultBytes);
                break;
            case 'b': // BUILD
                SetState(_stack.Pop());
                break;
            default:
                return false;
        }

        return true;
    }

    private bool ExecuteScalar(int code)
    {
        object? value;
        switch (code)
        {
            case 'N': // NONE
                value = null;
                break;
            case 0x88 or 0x89: // NEWTRUE, NEWFALSE
                value = code == 0x88;
                break;
            case 'J': // BININT
                value = (long)_reader.ReadInt32();
                break;
            case 'K': // BININT1
                value = (long)_reader.ReadByte();
                break;
            case 'M': // BININT2
                value = (long)_reader.ReadUInt16();
                break;
            case 0x8a: // LONG1
                var integer = new BigInteger(_reader.ReadBytes(_reader.ReadByte()));
                value = integer >= long.MinValue && integer <= long.MaxValue ? (object)(long)integer : integer;
                break;
            case 'G': // BINFLOAT
                value = _reader.ReadDouble();
                break;
            case 'X' or 'T': // BINUNICODE, BINSTRING
                value = ReadText((uint)_reader.ReadInt32());
                break;
            case 0x8c or 'U': // SHORT_BINUNICODE, SHORT_BINSTRING
                value = _reader.ReadText(_reader.ReadByte());
                break;
            case 'B': // BINBYTES
                value = SkipBytes((uint)_reader.ReadInt32());
                break;
            case 0x8d: // BINUNICODE8
                value = ReadText(_reader.ReadInt64());
                break;
            case 0x8e or 0x96: // BINBYTES8, BYTEARRAY8
                value = SkipBytes(_reader.ReadInt64());
                break;
            case 'C': // SHORT_BINBYTES
                value = SkipBytes(_reader.ReadByte());
                break;
            default:
                return false;
        }

        _stack.Push(value);
        return true;
    }

    private bool ExecuteContainer(int code)
    {
        switch (code)
        {
            case '}': // EMPTY_DICT
                _stack.Push(new PickleDictionary(), ContainerBytes);
                break;
            case ']': // EMPTY_LIST
                _stack.Push(new List<object?>(), ContainerBytes);
                break;
            case ')': // EMPTY_TUPLE
                _stack.Push(Array.Empty<object?>());
                break;
            case 0x8f: // EMPTY_SET
                _stack.Push(new List<object?>(), ContainerBytes);
                break;
            case 0x91: // FROZENSET
                _stack.Push(_stack.PopToMark().ToList(), ContainerBytes);
                break;
            case 't': // TUPLE
                _stack.Push(_stack.PopToMark());
                break;
            case 0x85 or 0x86 or 0x87: // TUPLE1, TUPLE2, TUPLE3
                _stack.Push(_stack.Pop(code - 0x84));
                break;
            case 'l': // LIST
                _stack.Push(_stack.PopToMark().ToList(), ContainerBytes);
                break;
            case 'a': // APPEND
                AddToList(_stack.Pop(1));
                break;
            case 'e' or 0x90: // APPENDS, ADDITEMS
                AddToList(_stack.PopToMark());
                break;
            case 'd': // DICT
                object?[] items = _stack.PopToMark();
                _stack.Push(new PickleDictionary(), ContainerBytes);
                AddToDictionary(items);
                break;
            case 's': // SETITEM
                AddToDictionary(_stack.Pop(2));
                break;
            case 'u': // SETITEMS
                AddToDictionary(_stack.PopToMark());
                break;
            default:
                return false;
        }

        return true;
    }

    private static void RequireProtocol(int protocol)
    {
        if (protocol > MaxProtocol)
        {
            throw new ModelFormatException($"protocol {protocol} of pickles; expected at most {MaxProtocol}.");
        }
    }

    private void PushGlobal(string module, string name)
    {
        var global = new PickleGlobal(module, name);
        _stack.Push(!global.IsHarmful
            ? global
            : throw new ModelFormatException(
                $"'{global}' is refused: no model needs it, and where Python loads the file it would run."));
    }

    private void PushPersistent(object? name)
    {
        // Older files have the source of a module's class beside its name.
        if (name is object?[] and ["module", PickleGlobal type, ..])
        {
            _stack.Push(type);
            return;
        }

        _storages.Add(PickleCalls.Storage(name));
        _stack.Push(_storages[^1]);
    }

    private string ReadText(long bytes)
    {
        if (bytes is >= 0 and <= PickleReader.MaxTextBytes)
        {
            return _reader.ReadText(bytes);
        }

        // Elements of an array of numpy, or the like: nothing that is looked for.
        _reader.Skip(bytes);
        return "";
    }

    private object? SkipBytes(long bytes)
    {
        _reader.Skip(bytes);
        return null;
    }

    /// <summary>What an object is given after it has been made; a state dict has its modules' versions so.</summary>
    private void SetState(object? state)
    {
        switch (_stack.Peek())
        {
            case PickleObject made:
                made.State = state;
                break;
            case PickleDictionary or TorchTensor:
                break;
            default:
                throw new ModelFormatException("expected an object or a dictionary that has attributes.");
        }
    }

    private void AddToList(object?[] values)
    {
        switch (_stack.Peek())
        {
            case List<object?> list:
                list.AddRange(values);
                break;
            case PickleObject:
                // A class that is a list, too.
                break;
            default:
                throw new ModelFormatException("expected a list to add to.");
        }
    }

    private void AddToDictionary(object?[] items)
    {
        if (_stack.Peek() is PickleObject)
        {
            return;
        }

        if (_stack.Peek() is not PickleDictionary dictionary || items.Length % 2 != 0)
        {
            throw new ModelFormatException("expected a dictionary to add to, and pairs of keys and values.");
        }

        for (int i = 0; i < items.Length; i += 2)
        {
            dictionary.Add(items[i], items[i + 1]);
        }
    }
}
