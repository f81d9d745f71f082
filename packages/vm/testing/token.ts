/** The example of docs/vm.md, whole, with a function for each form beside it. */
export const TOKEN = `
.contract EnergyToken

.const   UNIT = 1_000_000_000_000_000_000
.const   FIRST_SUPPLY = 1000 * UNIT + 1
.slot    bank
.slot    totalSupply
.map     balances
.map     allowances
.event   Transfer(address indexed from, address indexed to, uint256 value)
.error   InsufficientBalance(uint256 available, uint256 needed)

.macro   addTo map                ; ( amount key -- ) adds amount to the entry
         key $map dup 1 sload     ; ( amount slot old )
         dup 3 add                ; ( amount slot new )
         swap 1 sstore pop
.end

.macro   takeFrom map             ; ( amount key -- ) takes amount from the entry
         .local slot
         key $map lset slot       ; ( amount )
         lget slot sload          ; ( amount old )
         dup 1 dup 3 ge jumpif enough
         swap 1 revert InsufficientBalance
enough:  swap 1 sub lget slot sstore
.end

.constructor(address bank)
         arg bank  sstore bank
         push FIRST_SUPPLY  dup 1 sstore totalSupply  arg bank addTo balances
         stop

.function transfer(address to, uint256 amount) returns (bool)
.local   sender
         caller  lset sender
         arg amount  lget sender  takeFrom balances
         arg amount  arg to  addTo balances
         lget sender  arg to  arg amount  log Transfer
         push 1  return 1

.function approve(address spender, uint256 amount) returns (bool)
         arg amount  caller key allowances  arg spender key  sstore
         push 1  return 1

.function allowance(address owner, address spender) view returns (uint256)
         arg owner key allowances  arg spender key  sload  return 1

.function balanceOf(address owner) view returns (uint256)
         arg owner  key balances  sload  return 1

.function name() view returns (string)
         return_string "Energy Token"

.function nothing() view returns (string)
         return_string ""

.function sum(uint64[] amounts, bool twice) view returns (uint256 total)
.local   i total
next:    lget i  listlen amounts  lt iszero jumpif done
         lget i listat amounts  lget total add lset total
         lget i push 1 add lset i
         jump next
done:    lget total  arg twice push 1 add  mul  return 1

.function bankBalance() payable returns (uint256)
         sload bank balance
         return 1
`;
