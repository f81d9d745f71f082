// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// A vote in which a voter may hand the vote on.
contract Ballot {
    struct Voter {
        uint32 weight;
        bool voted;
        address delegate;
        uint8 choice;
    }

    struct Choice {
        bytes32 name;
        uint64 votes;
    }

    address public chair;
    mapping(address => Voter) public voters;
    Choice[] public choices;

    constructor(bytes32[] memory names) {
        chair = msg.sender;
        voters[chair].weight = 1;
        for (uint256 i = 0; i < names.length; i++) {
            choices.push(Choice({votes: 0, name: names[i]}));
        }
    }

    function admit(address voter) external {
        require(msg.sender == chair, "Only the chair admits voters.");
        require(!voters[voter].voted, "Has voted already.");
        require(voters[voter].weight == 0);
        voters[voter].weight = 1;
    }

    function delegate(address to) external {
        Voter storage sender = voters[msg.sender];
        require(sender.weight != 0, "You have no vote.");
        require(!sender.voted, "You have voted already.");
        require(to != msg.sender, "Nobody delegates to himself.");
        while (voters[to].delegate != address(0)) {
            to = voters[to].delegate;
            require(to != msg.sender, "These delegate in a circle.");
        }
        Voter storage last = voters[to];
        require(last.weight >= 1);
        sender.voted = true;
        sender.delegate = to;
        if (last.voted) choices[last.choice].votes += sender.weight;
        else last.weight += sender.weight;
    }

    function vote(uint8 choice) external {
        Voter storage sender = voters[msg.sender];
        require(sender.weight != 0, "You have no vote.");
        require(!sender.voted, "You have voted already.");
        sender.voted = true;
        sender.choice = choice;
        choices[choice].votes += sender.weight;
    }

    function winner() public view returns (uint256 place) {
        uint256 most = 0;
        for (uint256 p = 0; p < choices.length; p++) {
            if (choices[p].votes > most) {
                most = choices[p].votes;
                place = p;
            }
        }
    }

    function winnerName() external view returns (bytes32) {
        return choices[winner()].name;
    }
}
